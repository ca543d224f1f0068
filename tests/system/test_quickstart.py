"""packaging/quickstart as a newcomer uses it, in this checkout."""

import os
import pty
import re
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest
from load import wrk
from ports import free_address, text
from raw_client import get

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
QUICKSTART = SOURCE / "packaging" / "quickstart"
# The host's /usr/local/bin stays as it is.
HIDING_LINKS = ["unshare", "--mount", "sh", "-ec", 'mount -t tmpfs none /usr/local/bin; exec "$@"', "sh"]


def quickstart(*arguments):
    return subprocess.run(
        [*HIDING_LINKS, str(QUICKSTART), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=1500,
    )


@pytest.fixture(autouse=True)
def stopped():
    quickstart("--stop")
    yield
    quickstart("--stop")


def test_detached_daemon_answers_load_and_is_stopped():
    address = free_address()
    started = quickstart("--detach", "--listen", text(address))
    assert started.returncode == 0, started.stdout
    assert "200 OK" in started.stdout
    assert len(re.findall(r"^  democtl ", started.stdout, flags=re.MULTILINE)) == 3
    assert get(address).status == 200
    wrk(f"http://{text(address)}/", seconds=3, connections=64).wait().check()
    again = quickstart("--detach", "--listen", text(free_address()))
    assert again.returncode == 1 and "already running" in again.stdout
    stopped_now = quickstart("--stop")
    assert stopped_now.returncode == 0
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)


def test_taken_port_is_one_clear_sentence():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        done = quickstart("--detach", "--listen", address)
    assert done.returncode == 1
    assert address in done.stdout.splitlines()[-1], done.stdout


def test_stop_without_a_daemon_says_so():
    done = quickstart("--stop")
    assert done.returncode == 0 and len(done.stdout.splitlines()) == 1


def test_foreground_watches_until_ctrl_c_and_stops_everything():
    address = free_address()
    pid, master = pty.fork()
    if pid == 0:
        os.environ["TERM"] = "xterm"
        os.execvp(HIDING_LINKS[0], [*HIDING_LINKS, str(QUICKSTART), "--listen", text(address)])
    output = ""
    deadline = time.monotonic() + 600
    while "total" not in output.lower() and time.monotonic() < deadline:
        if select.select([master], [], [], 1)[0]:
            output += os.read(master, 65536).decode(errors="replace")
    assert "total" in output.lower(), output[-2000:]
    assert get(address).status == 200
    os.write(master, b"\x03")
    while time.monotonic() < deadline:
        try:
            if select.select([master], [], [], 1)[0] and not os.read(master, 65536):
                break
        except OSError:
            break  # the terminal is closed: the script ended
    _, code = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(code) in (0, 130, -signal.SIGINT)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(address, timeout=5)
