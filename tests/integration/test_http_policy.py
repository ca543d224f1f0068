"""What HTTP leaves open, between real processes: Date, Max-Forwards, hosts, switched protocols, lengths."""

import email.utils
import time

import pytest
from ports import text
from raw_client import RawClient
from scripted_backend import answer

INVALID = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: [::1::2]\r\n\r\n",
    b"GET http://[1:2:3]/ HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a:65536\r\n\r\n",
    b"CONNECT a: HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS / HTTP/1.1\r\nHost: a\r\nMax-Forwards: x\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9223372036854775808\r\n\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n8000000000000005\r\n",
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 1\r\n\r\n",
]


def ask(address, request):
    with RawClient(address) as client:
        return client.send(request).read_response()


def expect_date(response):
    assert len(response.get_all("Date")) == 1, response
    date = email.utils.parsedate_to_datetime(response.get("Date")).timestamp()
    assert abs(date - time.time()) < 60, response


@pytest.fixture(params=["server", "proxy"])
def either(request, start_daemon, new_backend):
    """A daemon in server mode, and one in proxy mode."""
    return start_daemon("-k") if request.param == "server" else start_daemon("-k", "-x", new_backend().text)


def test_a_refused_request_gets_a_date(either):
    for request in INVALID:
        response = ask(either.address, request)
        assert response.status == 400, request
        expect_date(response)


def test_a_backend_that_fails_gives_a_date(start_daemon, new_backend):
    backend = new_backend(lambda connection: connection.read_request() and connection.send(b"nonsense"))
    daemon = start_daemon("-k", "-x", backend.text)
    for _ in range(2):
        response = ask(daemon.address, b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert response.status == 502
        expect_date(response)


def test_a_valid_host_is_taken(either):
    for host in ["[v1.a:b]", "[fe80::1%25eth0]:80", "a:", "256.1.1.1", "a_b", ""]:
        request = f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
        assert ask(either.address, request).status == 200, host


@pytest.mark.parametrize("method, last", [("OPTIONS", 200), ("TRACE", 405)])
def test_max_forwards_says_how_far_a_request_goes(start_daemon, new_backend, method, last):
    seen = []

    def record(connection):
        while (request := connection.read_request()) is not None:
            seen.append(dict(request[1]).get("Max-Forwards"))
            connection.send(answer(extra="X-From: backend\r\n"))

    backend = new_backend(record)
    second = start_daemon("-k", "-x", backend.text)
    first = start_daemon("-k", "-x", text(second.address))
    for forwards, answered_by in [(0, None), (1, None), (2, "backend"), (3, "backend")]:
        request = f"{method} / HTTP/1.1\r\nHost: a\r\nMax-Forwards: {forwards}\r\nConnection: close\r\n\r\n"
        response = ask(first.address, request)
        assert response.get("X-From") == answered_by
        assert response.status == (200 if answered_by else last)
        assert (response.get("Allow") is None) == bool(answered_by)
        expect_date(response)
    assert seen == ["0", "1"]


def test_a_switch_before_the_request_is_complete_is_a_502(start_daemon, new_backend):
    def switch(connection):
        connection.read_until(b"\r\n\r\n")
        connection.send(b"HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n")
        connection.read_to_end()

    daemon = start_daemon("-k", "-x", new_backend(switch).text)
    upgrade = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\n"
    with RawClient(daemon.address) as client:
        response = client.send(upgrade + b"Content-Length: 4\r\n\r\nbo").read_response()
        assert response.status == 502
        expect_date(response)
        assert client.at_end()
    with RawClient(daemon.address) as client:
        assert client.send(upgrade + b"\r\n").read_head().status == 101


def test_of_several_protocols_those_that_may_be_are_offered(start_daemon, new_backend):
    seen = []

    def record(connection):
        while (request := connection.read_request()) is not None:
            seen.append(dict(request[1]).get("Upgrade"))
            connection.send(answer())

    daemon = start_daemon("-k", "-x", new_backend(record).text)
    for protocols in ["websocket, h2c", "h2c", "TLS/1.0, chat/2, HTTP/2.0"]:
        fields = f"Host: a\r\nConnection: upgrade\r\nUpgrade: {protocols}\r\n"
        ask(daemon.address, f"GET / HTTP/1.1\r\n{fields}\r\n")
    assert seen == ["websocket", None, "chat/2"]
