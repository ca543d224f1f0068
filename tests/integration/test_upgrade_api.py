"""The control API while one version of the daemon takes the place of another: who asks waits."""

import functools
import signal
import socket
import threading

import pytest
from certificates import server_flags
from managed_start import WORKERS
from ports import free_address, text
from upgrades import start, upgrade
from waiting import eventually

ASKERS = 4


class Askers:
    """Threads that connect to a socket again and again; what went wrong."""

    def __init__(self, connect):
        self.refused = []
        self.connected = 0
        self._connect = connect
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(ASKERS)]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self):
        while not self._over.wait(0.002):
            try:
                self._connect().close()
                self.connected += 1
            except OSError as error:
                self.refused.append(str(error))


def connector(path):
    def connect():
        client = socket.socket(socket.AF_UNIX)
        try:
            client.connect(str(path))
        except OSError:
            client.close()
            raise
        return client

    return connect


@pytest.mark.parametrize("name", ["control", "monitor", "tcp"])
def test_nobody_is_refused(managed, certificates, name):
    tcp = free_address()
    start(managed, "--control-tcp", text(tcp), *server_flags(certificates))
    path = managed.daemon.control_path.with_name(f"{name}.sock")
    connect = connector(path)
    if name == "tcp":
        connect = functools.partial(socket.create_connection, tcp, 60)
    with Askers(connect) as askers:
        for _ in range(3):
            upgrade(managed.daemon)
    assert not askers.refused
    assert askers.connected > ASKERS
    managed.stop()
    assert not path.exists(), "who ends for good leaves no file"


def test_every_call_is_answered(managed):
    start(managed)
    failures = []
    over = threading.Event()

    def ask():
        while not over.is_set():
            done = managed.daemon.democtl("workers", "-o", "csv", check=False)
            if done.returncode != 0 or len(done.stdout.splitlines()) < WORKERS:
                failures.append(done)

    asker = threading.Thread(target=ask)
    asker.start()
    for _ in range(3):
        upgrade(managed.daemon)
    over.set()
    asker.join()
    assert not failures, failures[0].stdout + failures[0].stderr
    managed.stop()


def test_a_socket_whose_file_went_is_made_anew(managed):
    start(managed)
    managed.daemon.control_path.unlink()
    managed.daemon.close_api()
    managed.daemon.signal(signal.SIGUSR2)
    eventually(managed.daemon.control_path.exists, "the socket to be there again")
    eventually(lambda: managed.daemon.monitor.GetStatus().workers_ready == WORKERS, "the workers")
    assert "has taken the place" in managed.daemon.democtl("events").stdout
    managed.stop()
