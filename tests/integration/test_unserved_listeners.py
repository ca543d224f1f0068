"""While no worker lives and none can be started nobody waits in a queue that nobody serves."""

import contextlib
import os
import shutil
import signal
import socket

import daemon_process
import pytest
from raw_client import RawClient
from waiting import eventually

GET = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
HELD_OFF = "no worker accepts connections: new ones are not taken until one does"
# States of tcp(7), TCP_INFO.
ESTABLISHED, SYN_SENT = 1, 2


class Breakable:
    """A daemon whose workers start as long as a file is there, and die at once otherwise."""

    def __init__(self, folder, new_daemon, monkeypatch, listen, workers):
        worker = daemon_process.BUILD / "daemon" / "demo-server-worker"
        shutil.copy(daemon_process.SERVER, folder / "demo-server")
        self._whole = folder / "whole"
        script = folder / "demo-server-worker"
        script.write_text(f'#!/bin/sh\n[ -e {self._whole} ] || exit 7\nexec {worker} "$@"\n')
        script.chmod(0o755)
        self._whole.touch()
        monkeypatch.setattr(daemon_process, "SERVER", folder / "demo-server")
        self.daemon = new_daemon().start("-k", listen=listen, workers=workers)

    def break_all(self):
        self._whole.unlink()
        for pid in self.daemon.worker_pids():
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: HELD_OFF in self.problems(), "new connections to be held off")

    def mend(self):
        self._whole.touch()

    def problems(self):
        return list(self.daemon.monitor.GetStatus().problems)

    def wait_whole(self):
        status = self.daemon.monitor.GetStatus
        eventually(lambda: not status().degraded, "the daemon to be whole again", 60)


@pytest.fixture
def new_breakable(tmp_path, new_daemon, monkeypatch):
    return lambda listen=("127.0.0.1:0",), workers=1: Breakable(
        tmp_path, new_daemon, monkeypatch, listen, workers
    )


def begin_to_connect(address):
    client = socket.socket()
    client.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        client.connect(address)
    return client


def tcp_state(client):
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0]


def status_of(client):
    """Of the answer on a connection that may not have been made yet."""
    client.settimeout(60)

    def sent():
        client.sendall(GET)
        return True

    eventually(sent, "the connection to be made", 60)
    with client:
        answer = b""
        while piece := client.recv(4096):
            answer += piece
    return int(answer.split()[1])


@pytest.mark.parametrize("mode", ["exclusive", "reuseport", "reuseport-cpu"])
def test_nobody_is_taken_into_a_queue_that_nobody_serves(new_breakable, mode):
    breakable = new_breakable(workers=2)
    daemon = breakable.daemon
    daemon.democtl("accept-mode", mode)
    address = daemon.address
    breakable.break_all()
    assert daemon.monitor.GetStatus().degraded
    assert "no worker accepts: new connections are not taken until one does" in daemon.log()
    clients = [begin_to_connect(address) for _ in range(8)]
    assert {tcp_state(client) for client in clients} == {SYN_SENT}
    # No worker applies it now.
    assert daemon.democtl("add-listener", "127.0.0.2:0", check=False).returncode == 5
    clients.append(begin_to_connect(daemon.addresses()[1]))
    assert tcp_state(clients[-1]) == SYN_SENT
    breakable.mend()
    assert {status_of(client) for client in clients} == {200}
    breakable.wait_whole()
    assert "new connections are taken again" in daemon.log()
    with begin_to_connect(address) as client:
        assert tcp_state(client) == ESTABLISHED


def test_who_waits_already_is_served_when_a_worker_is_back(new_breakable):
    breakable = new_breakable()
    daemon = breakable.daemon
    address = daemon.address
    (pid,) = daemon.worker_pids()
    os.kill(pid, signal.SIGSTOP)
    # In the queue: nobody accepts them.
    clients = [begin_to_connect(address) for _ in range(8)]
    assert {tcp_state(client) for client in clients} == {ESTABLISHED}
    breakable.break_all()
    assert {tcp_state(client) for client in clients} == {ESTABLISHED}
    breakable.mend()
    assert {status_of(client) for client in clients} == {200}
    breakable.wait_whole()


def test_queue_of_a_unix_listener_takes_one_more_at_most(new_breakable, tmp_path):
    path = tmp_path / "listener.sock"
    breakable = new_breakable(listen=(f"unix:{path}",))
    breakable.break_all()
    clients = []
    with pytest.raises(BlockingIOError):
        for _ in range(3):
            clients.append(socket.socket(socket.AF_UNIX))
            clients[-1].setblocking(False)
            clients[-1].connect(str(path))
    for client in clients:
        client.close()
    breakable.mend()
    breakable.wait_whole()
    waiting = []
    for _ in range(50):
        waiting.append(RawClient(str(path)).send(GET))
    assert {client.read_response().status for client in waiting} == {200}
