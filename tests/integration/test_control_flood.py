"""Many connections to the control sockets (runs alone): nobody is shut out, and democtl waits its turn."""

import os
import resource
import signal
import socket
import subprocess
import sys

import pytest
from every_call import ANSWERS, STREAMS, watch
from stand_still import stand_still
from waiting import PATIENCE

NOBODY = 65534
FLOOD = """
import socket, sys, threading
def flood():
    held = []
    while True:
        try:
            client = socket.socket(socket.AF_UNIX)
            client.settimeout(2)
            client.connect(sys.argv[1])
            client.send(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0")
            held.append(client)
        except OSError:
            pass
        if len(held) > int(sys.argv[2]):
            for client in held:
                client.close()
            held = []
for _ in range(3):
    threading.Thread(target=flood, daemon=True).start()
print("floods", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to connect as somebody else")
@pytest.mark.parametrize("held", [8, 3000], ids=["short", "beyond the limit"])
def test_a_user_who_floods_the_monitor_socket_shuts_nobody_out(start_daemon, held):
    daemon = start_daemon()
    daemon.folder.chmod(0o755)
    path = daemon.folder / "monitor.sock"
    flooder = subprocess.Popen(
        [sys.executable, "-c", FLOOD, str(path), str(held)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        user=NOBODY,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10_000, 10_000)),
    )
    with flooder:
        assert flooder.stdout.readline() == b"floods\n"
        for _ in range(20):
            assert "state:" in daemon.democtl("status", target=f"unix://{path}").stdout
        flooder.stdin.close()


@pytest.fixture
def full(daemon):
    """A daemon that stands still, its control socket's queue full of connections that were left again."""
    stand_still(daemon.pid)
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    waiting = []
    try:
        while True:
            client = socket.socket(socket.AF_UNIX)
            waiting.append(client)
            client.setblocking(False)
            try:
                client.connect(str(daemon.control_path))
            except BlockingIOError:
                break
    finally:
        for client in waiting:
            client.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, limits)
    return daemon


@pytest.mark.parametrize("verb", STREAMS + ANSWERS, ids=" ".join)
def test_every_verb_says_that_the_daemon_is_busy_when_its_queue_stays_full(full, verb):
    done = full.democtl("--timeout", "500ms", *verb, check=False)
    assert done.returncode == 6, (done.stdout, done.stderr)
    assert done.stderr.count("\n") == 1 and "is busy: its queue of new connections is full" in done.stderr


@pytest.mark.parametrize("verb", [("status",), ("keepalive", "on"), ("events",), ("stats",)], ids=" ".join)
def test_a_verb_waits_for_room_in_the_queue(full, verb):
    with watch(full, "--timeout", "60s", *verb) as running:
        with pytest.raises(subprocess.TimeoutExpired):  # it does not give up
            running.wait(0.5)
        full.signal(signal.SIGCONT)
        assert running.wait(60 * PATIENCE) == 0, running.stderr.read()
