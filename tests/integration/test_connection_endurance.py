"""Short connections by the thousand through every kind of listener: objects are used again and again.

Sanitizer builds see what touches an object that was given back. `tests/run --long` makes it 100,000 each.
"""

import socket

import pytest
from lengths import repetitions
from ports import free_address, text
from raw_client import RawClient
from scripted_backend import serve_always
from waiting import eventually

CONNECTIONS = repetitions(100_000, short=5_000)
GET = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
PROXY_V1 = b"PROXY TCP4 192.0.2.1 192.0.2.2 1000 80\r\n"


def echo(connection):
    while data := connection.socket.recv(4096):
        connection.send(data)


def a_request(address, greeting=b""):
    with RawClient(address) as client:
        client.send(greeting + GET)
        assert client.read_response().status == 200


def an_echo(address):
    with socket.create_connection(address, timeout=60) as client:
        client.sendall(b"hi")
        assert client.recv(2) == b"hi"


def unread_bytes(address):
    """A refusal that leaves bytes of the request unread: the connection lingers."""
    with RawClient(address) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nab")
        assert client.read_response().status == 400


def half_a_request(address):
    """A client that leaves in the middle."""
    with RawClient(address) as client:
        client.send(GET[:20])


KINDS = {
    "server": ({"mode": "LISTENER_MODE_SERVER"}, a_request),
    "server-refused": ({"mode": "LISTENER_MODE_SERVER"}, unread_bytes),
    "server-left": ({"mode": "LISTENER_MODE_SERVER"}, half_a_request),
    "raw": ({"mode": "LISTENER_MODE_RAW"}, a_request),
    "proxy": ({"mode": "LISTENER_MODE_PROXY"}, a_request),
    "proxy-refused": ({"mode": "LISTENER_MODE_PROXY"}, unread_bytes),
    "proxy-left": ({"mode": "LISTENER_MODE_PROXY"}, half_a_request),
    "tcp": ({"mode": "LISTENER_MODE_TCP", "pool": "echo"}, an_echo),
    "behind-proxy-header": (
        {"mode": "LISTENER_MODE_PROXY", "accept_proxy_protocol": True},
        lambda address: a_request(address, PROXY_V1),
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_short_connections_leave_the_worker_as_it_was(start_daemon, new_backend, kind):
    settings, visit = KINDS[kind]
    daemon = start_daemon("-x", new_backend(serve_always()).text)
    daemon.control.AddPool(pool={"name": "echo"})
    daemon.control.AddBackend(pool="echo", backend={"endpoint": new_backend(echo).text})
    address = free_address()
    daemon.control.AddListener(listener={"address": text(address), **settings})
    (worker,) = daemon.worker_pids()
    for _ in range(CONNECTIONS):
        visit(address)
    assert daemon.worker_pids() == [worker], daemon.log()
    # Who left at once may still wait to be accepted.
    eventually(lambda: daemon.totals()["connections_accepted"] >= CONNECTIONS, "every connection to come")
    eventually(lambda: daemon.totals()["connections_open"] == 0, "every connection to be closed")
    assert daemon.totals()["connections_accepted"] == CONNECTIONS
