"""Clients over IPv4 of a listener for both families are told to backends as what they are."""

import socket
import threading

import pytest
from raw_client import RawClient, get
from scripted_backend import answer


@pytest.fixture
def dual_daemon(start_daemon, new_backend):
    """A daemon that listens on [::], the port, and what its backend gets: (PROXY header, request fields)."""
    seen = []
    lock = threading.Lock()

    def record(connection):
        header = b""
        while (request := read(connection)) is not None:
            header, fields = request
            with lock:
                seen.append((header, fields))
            connection.send(answer())

    def read(connection):
        header = b""
        try:
            if connection.socket.recv(6, socket.MSG_PEEK) == b"PROXY ":
                header = connection.read_until(b"\r\n")
        except ConnectionResetError:
            return None
        request = connection.read_request()
        return request and (header, dict(request[1]))

    if not socket.has_dualstack_ipv6():
        pytest.skip("no IPv6 here")
    daemon = start_daemon("-x", new_backend(record).text, listen=("[::]:0",))
    return daemon, ("127.0.0.1", daemon.address[1]), seen


def test_forwarding_fields_name_the_ipv4_address(dual_daemon):
    daemon, address, seen = dual_daemon
    daemon.democtl("set-forwarding", "--x-forwarded", "on", "--forwarded", "on")
    assert get(address).status == 200
    fields = seen[0][1]
    assert fields["X-Forwarded-For"] == "127.0.0.1"
    assert fields["Forwarded"].startswith("for=127.0.0.1;")


def test_proxy_header_names_the_ipv4_addresses(dual_daemon):
    daemon, address, seen = dual_daemon
    daemon.democtl("set-pool", "default", "--send-proxy-protocol", "v1")
    with RawClient(address) as client:
        port = client.socket.getsockname()[1]
        client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        assert client.read_response().status == 200
    assert seen[0][0] == b"PROXY TCP4 127.0.0.1 127.0.0.1 %d %d" % (port, address[1])
