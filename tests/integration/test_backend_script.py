"""The harness itself: a scripted backend and the raw client understand each other with no daemon between."""

import pytest
from raw_client import RawClient, get
from scripted_backend import answer


def test_backend_answers_whole_and_chunked_requests(new_backend):
    backend = new_backend()
    with RawClient(backend.address) as client:
        client.send("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc")
        assert client.read_response().body == b"backend\n"
        client.send("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
        assert client.read_response().status == 200


def test_client_sees_a_reset_as_an_error(new_backend):
    def script(connection):
        connection.read_request()
        connection.reset()

    backend = new_backend(script)
    with pytest.raises(ConnectionResetError):
        get(backend.address)


def test_client_sees_a_truncated_body_as_an_error(new_backend):
    def script(connection):
        connection.read_request()
        connection.send(answer(b"1234567890")[:-4])

    backend = new_backend(script)
    with pytest.raises(EOFError):
        get(backend.address)
