"""Listeners whose addresses overlap: wildcards, live changes between them, other programs."""

import contextlib
import itertools
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest
from daemon_process import SERVER
from ports import free_address
from raw_client import get
from waiting import eventually

WILD, LOCAL, WILD6 = "0.0.0.0:{}", "127.0.0.1:{}", "[::]:{}"
PAIRS = list(itertools.permutations([WILD, LOCAL, WILD6], 2))
REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def on(texts, port):
    return [text.format(port) for text in texts]


@contextlib.contextmanager
def short_connections(port):
    """Clients that connect to 127.0.0.1 all the time; yields lists of their failures and answers."""
    failures, answers, end = [], [], threading.Event()

    def run():
        while not end.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
                    client.sendall(REQUEST)
                    answers.append(client.recv(4096)[:12])
            except OSError as error:
                failures.append(repr(error))

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        yield failures, answers
    finally:
        end.set()
        for thread in threads:
            thread.join()


def more(answers):
    """Waits for a few more."""
    before = len(answers)
    eventually(lambda: len(answers) > before + 50, "short connections to be answered")


@pytest.mark.parametrize("pair", PAIRS)
def test_a_start_with_two_that_overlap_serves_both(start_daemon, pair):
    port = free_address("0.0.0.0")[1]
    daemon = start_daemon(listen=on(pair, port), workers=2)
    assert get(("127.0.0.1", port)).status == 200
    if WILD6 in pair:
        assert get(("::1", port)).status == 200
    assert len(daemon.addresses()) == 2


@pytest.mark.parametrize("mode", ["shared", "exclusive", "reuseport", "reuseport-cpu"])
def test_a_second_one_joins_and_leaves_live(start_daemon, mode):
    port = free_address("0.0.0.0")[1]
    daemon = start_daemon("--accept-mode", mode, listen=on([LOCAL], port), workers=2)
    with short_connections(port) as (failures, answers):
        for text in on([WILD, WILD6], port):
            daemon.democtl("add-listener", text)
            more(answers)
        daemon.democtl("remove-listener", on([LOCAL], port)[0])
        more(answers)
        daemon.democtl("remove-listener", on([WILD], port)[0])
        more(answers)
    assert failures == []


@pytest.mark.parametrize("pair", PAIRS)
def test_a_reload_from_one_to_the_other_refuses_and_resets_nobody(new_daemon, pair):
    port = free_address("0.0.0.0")[1]
    daemon = new_daemon()
    file = daemon.folder / "demo.toml"
    old, new = on(pair, port)
    file.write_text(f'[[listener]]\naddress = "{old}"\n')
    daemon.start("--config", file, listen=())
    with short_connections(port) as (failures, answers):
        more(answers)
        file.write_text(f'[[listener]]\naddress = "{new}"\n')
        daemon.signal(signal.SIGHUP)
        eventually(lambda: daemon.monitor.ListListeners().listeners[0].bound_address == new, "the reload")
        more(answers)
    assert failures == []


def test_v6only_unset_and_false_are_one_thing_and_a_toggle_loses_nobody(start_daemon):
    port = free_address("0.0.0.0")[1]
    text = WILD6.format(port)
    daemon = start_daemon(listen=[text, WILD.format(port)])

    def sockets():
        lines = Path("/proc/net/tcp6").read_text(encoding="ascii").splitlines()
        return {line.split()[9] for line in lines if f":{port:04X} 0" in line and " 0A " in line}

    before = sockets()
    assert len(before) == 1
    daemon.democtl("set-listener", text, "--v6only", "off")
    assert sockets() == before
    with short_connections(port) as (failures, answers):
        for value in ("on", "off", "on"):
            daemon.democtl("set-listener", text, "--v6only", value)
            more(answers)
            assert get(("::1", port)).status == 200
    assert failures == []


def test_another_program_of_this_user_is_found_and_named(start_daemon):
    daemon = start_daemon()
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("0.0.0.0", 0))
        other.listen()
        port = other.getsockname()[1]
        for text in on([WILD, LOCAL, WILD6], port):
            refused = daemon.democtl("add-listener", text, check=False)
            assert refused.returncode == 4
            assert f"another program listens on 0.0.0.0:{port}: " in refused.stderr
            assert "stop it or choose another address" in refused.stderr
    daemon.democtl("add-listener", LOCAL.format(port))


def test_other_spellings_of_one_address_are_refused_by_a_check():
    for one, other, named in (
        # Both are read in one form.
        ("unix:/tmp/a//b", "unix:/tmp/a/b", ("unix:/tmp/a/b",)),
        ("127.0.0.1:8080", "[::ffff:127.0.0.1]:8080", ("127.0.0.1:8080",)),
    ):
        done = subprocess.run(
            [str(SERVER), "--check-config", "--listen", one, other],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        for text in named:
            assert text in done.stderr
