"""A service manager that does not read: it holds up nobody, and is told when it reads again."""

import contextlib
import os
import signal
import socket

import pytest
from raw_client import get
from waiting import eventually


class Manager:
    """A socket that stands for the service manager's, with no room for any message until it is read."""

    def __init__(self, folder):
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.path = str(folder / "notify.sock")
        self._socket.bind(self.path)
        self._socket.setblocking(False)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as other, contextlib.suppress(BlockingIOError):
            other.setblocking(False)
            while True:
                other.sendto(b"#", self.path)

    def read(self):
        """Every message that is there, but for what filled it."""
        messages = []
        with contextlib.suppress(BlockingIOError):
            while True:
                messages.append(self._socket.recv(65536).decode())
        return [message for message in messages if message != "#"]

    def close(self):
        self._socket.close()


@pytest.fixture
def manager(tmp_path):
    manager = Manager(tmp_path)
    yield manager
    manager.close()


@pytest.fixture
def daemon(new_daemon, manager):
    daemon = new_daemon()
    environment = {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"}
    return daemon.start("-k", environment=environment)


def test_a_manager_that_does_not_read_stops_neither_changes_nor_workers_nor_the_end(daemon):
    for number in range(20):
        daemon.control.SetKeepalive(client={"enabled": number % 2 == 0})
    pid = daemon.workers()[0].pid
    os.kill(pid, signal.SIGKILL)
    daemon.wait_respawned(0, pid)
    assert get(daemon.address).status == 200
    daemon.stop()


def test_a_manager_that_reads_again_hears_of_readiness_and_of_the_last_status(daemon, manager):
    for number in range(20):
        daemon.control.SetKeepalive(client={"enabled": number % 2 == 0})
    generation = daemon.monitor.GetStatus().generation
    heard = []

    def hears():
        heard.extend(message for message in manager.read() if message != "WATCHDOG=1")
        return heard

    eventually(hears, "a word of the daemon")
    assert heard[0].startswith("READY=1\nSTATUS=Serving")
    assert heard[0].endswith(f"generation {generation}")
    eventually(lambda: "WATCHDOG=1" in manager.read(), "the watchdog to be fed")
    daemon.stop()
    assert any(message.startswith("STOPPING=1") for message in manager.read())
