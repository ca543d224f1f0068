"""Proxy mode in short: whole exchanges over pooled connections, and errors that name what happened."""

import threading

import pytest
from ports import free_address, text
from raw_client import RawClient, get
from scripted_backend import answer, serve_always


def test_requests_alternate_between_backends(start_daemon, new_backend):
    backends = [new_backend(serve_always(b"one")), new_backend(serve_always(b"two"))]
    daemon = start_daemon("-x", *(backend.text for backend in backends), "-k")
    with RawClient(daemon.address) as client:
        bodies = []
        for _ in range(10):
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            bodies.append(client.read_response().body)
    assert bodies.count(b"one") == bodies.count(b"two") == 5


def test_backend_connections_are_pooled(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon("-x", backend.text)
    for _ in range(20):
        assert get(daemon.address).body == b"backend\n"
    assert backend.accepted == 1


def test_bodies_pass_both_ways_unchanged(start_daemon, new_backend):
    def echo(connection):
        while (request := connection.read_request()) is not None:
            connection.send(answer(request[2]))

    backend = new_backend(echo)
    daemon = start_daemon("-x", backend.text, "-k")
    body = bytes(range(256)) * 4096
    with RawClient(daemon.address) as client:
        for _ in range(2):
            client.send(b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: %d\r\n\r\n" % len(body))
            writer = threading.Thread(target=client.send, args=(body,))
            writer.start()
            assert client.read_response().body == body
            writer.join()
        client.send(
            b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"
        )
        assert client.read_response().body == b"hello!"


def test_request_arrives_whole_at_the_backend_however_it_was_split(start_daemon, new_backend):
    seen = []

    def record(connection):
        while (request := connection.read_request()) is not None:
            seen.append((request[0], dict(request[1]).get("X-Mark"), request[2]))
            connection.send(answer())

    backend = new_backend(record)
    daemon = start_daemon("-x", backend.text, "-k")
    with RawClient(daemon.address) as client:
        client.send_bytewise(
            b"POST /path?q HTTP/1.1\r\nHost: test\r\nX-Mark: m\r\nContent-Length: 3\r\n\r\nabc"
        )
        assert client.read_response().status == 200
    assert seen == [("POST /path?q HTTP/1.1", "m", b"abc")]


def test_no_backend_that_listens_is_502(start_daemon):
    daemon = start_daemon("-x", text(free_address()))
    assert get(daemon.address).status == 502


def test_next_backend_is_tried_when_one_refuses(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon("-x", text(free_address()), backend.text)
    for _ in range(10):
        assert get(daemon.address).body == b"backend\n"


def test_backend_that_never_answers_is_504(start_daemon, new_backend):
    stop = threading.Event()

    def silent(connection):
        connection.read_request()
        stop.wait(60)

    backend = new_backend(silent)
    daemon = start_daemon("-x", backend.text)
    daemon.control.UpdatePool(pool={"name": "default", "timeouts": {"head": {"nanos": 300_000_000}}})
    try:
        assert get(daemon.address).status == 504
    finally:
        stop.set()


@pytest.mark.parametrize(
    "garbage",
    [
        b"hello\r\n\r\n",
        b"HTTP/1.1 2x0 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na",
    ],
)
def test_garbage_from_the_backend_is_502(start_daemon, new_backend, garbage):
    def script(connection):
        connection.read_request()
        connection.send(garbage)

    backend = new_backend(script)
    daemon = start_daemon("-x", backend.text)
    assert get(daemon.address).status == 502


def test_body_cut_off_by_the_backend_is_an_error_for_the_client(start_daemon, new_backend):
    def script(connection):
        connection.read_request()
        connection.send(answer(b"0123456789")[:-5])

    backend = new_backend(script)
    daemon = start_daemon("-x", backend.text)
    with pytest.raises((EOFError, ConnectionResetError)):
        get(daemon.address)


def test_second_request_of_a_connection_is_forwarded_too(start_daemon, new_backend):
    """The original took the second packet of a client for something else."""
    backend = new_backend()
    daemon = start_daemon("-x", backend.text, "-k")
    with RawClient(daemon.address) as client:
        client.send("GET /1 HTTP/1.1\r\nHost: test\r\n\r\nGET /2 HTTP/1.1\r\nHost: test\r\n\r\n")
        assert [client.read_response().body for _ in range(2)] == [b"backend\n"] * 2
