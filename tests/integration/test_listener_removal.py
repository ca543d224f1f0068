"""A listener that is removed serves whoever had reached it and refuses everybody else at once."""

import socket

import pytest
from ports import free_address, text
from raw_client import RawClient, get
from waiting import eventually

REQUEST = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
MODES = ["server", "proxy", "tcp", "raw"]
# The kernel keeps who sends nothing for as long as a slow machine needs: a worker would have an idle
# connection, which is closed when it leaves.
WAITING = ("--defer-accept", "60s")


def listener_of(daemon, kind):
    """(as democtl writes it, as a client connects to it)"""
    if kind == "unix":
        path = str(daemon.folder / "web.sock")
        return f"unix:{path}", path
    address = free_address()
    return text(address), address


def take(address, reuse=True):
    """Has another program listen there for a moment; OSError where it cannot.

    reuse: SO_REUSEADDR, with which the kernel looks past a socket that is bound there and does not listen.
    """
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, int(reuse))
        other.bind(address)
        other.listen()


@pytest.fixture
def daemon(start_daemon, new_backend):
    """With a pool "api" that answers."""
    backend = start_daemon()
    made = start_daemon("-k", workers=2)
    made.democtl("add-backend", text(backend.address), "--pool", "api")
    return made


@pytest.mark.parametrize("kind", ["tcp", "unix"])
@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("accept_mode", ["shared", "reuseport"])
def test_clients_that_connected_before_are_answered_and_later_ones_refused(daemon, kind, mode, accept_mode):
    daemon.democtl("accept-mode", accept_mode)
    for _ in range(3):
        listener, address = listener_of(daemon, kind)
        options = ["--mode", mode] + (["--pool", "api"] if mode in ("proxy", "tcp") else [])
        if kind == "tcp" and mode != "tcp":
            options += WAITING
        daemon.democtl("add-listener", listener, *options)
        clients = [RawClient(address) for _ in range(10)]
        # Over TCP the kernel waits for first bytes; a unix connection is accepted, and idle ones close soon.
        first = len(REQUEST) if mode == "raw" else 10
        begun = REQUEST[:first] if kind == "unix" else b""
        for client in clients:
            client.send(begun)
        daemon.democtl("remove-listener", listener)
        with pytest.raises((ConnectionRefusedError, FileNotFoundError)):
            RawClient(address)
        for client in clients:
            client.send(REQUEST.removeprefix(begun))
            assert client.read_response().status == 200
            client.close()
        # Its address is free for others soon after.
        if kind == "tcp":
            eventually(lambda address=address: take(address) is None, "the address to be free")


def test_a_removed_listener_comes_back_while_its_queue_is_served(daemon):
    listener, address = listener_of(daemon, "tcp")
    daemon.democtl("add-listener", listener, *WAITING)
    for _ in range(5):
        waiting = RawClient(address)
        daemon.democtl("remove-listener", listener)
        daemon.democtl("add-listener", listener, *WAITING)
        assert get(address).status == 200
        waiting.send(REQUEST)
        assert waiting.read_response().status == 200
        waiting.close()


def test_a_worker_that_dies_meanwhile_loses_nobody_who_waits(start_daemon):
    daemon = start_daemon()
    listener, address = listener_of(daemon, "tcp")
    daemon.democtl("add-listener", listener, *WAITING)
    waiting = [RawClient(address) for _ in range(5)]
    daemon.democtl("remove-listener", listener)
    [pid] = daemon.worker_pids()
    daemon.democtl("restart-worker", "0")
    daemon.wait_respawned(0, pid)
    for client in waiting:
        client.send(REQUEST)
        assert client.read_response().status == 200
        client.close()


@pytest.mark.parametrize("accept_mode", ["shared", "reuseport", "exclusive"])
def test_another_program_can_have_its_port_as_soon_as_that_is_answered(new_managed, accept_mode):
    managed = new_managed().start("-k", workers=2)
    daemon = managed.daemon
    daemon.democtl("accept-mode", accept_mode)
    for _ in range(10):
        listener, address = listener_of(daemon, "tcp")
        daemon.democtl("add-listener", listener)
        # A connection that the daemon closes would hold the port as well, in TIME_WAIT.
        answer = daemon.democtl("remove-listener", listener)
        take(address, reuse=False)
        assert "taken" not in answer.stdout + answer.stderr
    managed.stop()


def test_that_its_port_is_taken_for_a_while_is_said(daemon):
    listener, address = listener_of(daemon, "tcp")
    daemon.democtl("add-listener", listener, *WAITING)
    with RawClient(address) as waiting:
        answer = daemon.democtl("remove-listener", listener)
        words = f"{text(address)} is taken until those who had reached it are served, for 30 s at most"
        assert words in answer.stdout + answer.stderr
        with pytest.raises(OSError):
            take(address, reuse=False)
        waiting.send(REQUEST)
        assert waiting.read_response().status == 200
    eventually(lambda: take(address) is None, "the port to be free")


def test_a_listener_that_is_made_anew_elsewhere_gives_no_port_up(daemon):
    listener, address = listener_of(daemon, "tcp")
    daemon.democtl("add-listener", listener, *WAITING)
    with RawClient(address):
        answer = daemon.democtl("set-listener", listener, "--interface", "lo")
    assert "taken" not in answer.stdout + answer.stderr
