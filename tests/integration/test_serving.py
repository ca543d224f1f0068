"""Server mode in short: whole requests however they arrive, and the original's answers."""

import pytest
from control_api import enum
from ports import free_address, text
from raw_client import RawClient, get
from waiting import eventually

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n0123456789"
CHUNKED = (
    b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nT: 1\r\n\r\n"
)


@pytest.mark.parametrize("request_bytes", [GET, POST, CHUNKED])
def test_request_is_answered_once_however_it_is_split(start_daemon, request_bytes):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        for cut in range(1, len(request_bytes)):
            client.send(request_bytes[:cut])
            client.send(request_bytes[cut:])
            assert client.read_response().status == 200
        client.send_bytewise(request_bytes)
        assert client.read_response().status == 200
    eventually(lambda: daemon.totals()["requests"] == len(request_bytes), "the exact number of requests")


def test_pipelined_requests_are_answered_in_order(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send((GET + POST + CHUNKED) * 20 + GET[:10])
        for _ in range(60):
            assert client.read_response().status == 200
        client.send(GET[10:])
        assert client.read_response().status == 200


def test_head_has_the_fields_but_no_body(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send(b"HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" + GET)
        head = client.read_response(head_only=True)
        whole = client.read_response()
        assert head.get("Content-Length") == whole.get("Content-Length") == str(len(whole.body))


@pytest.mark.parametrize(
    "request_text, closes",
    [
        ("GET / HTTP/1.0\r\n\r\n", True),
        ("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", False),
        ("GET / HTTP/1.1\r\nHost: test\r\n\r\n", False),
        ("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n", True),
    ],
)
def test_connection_persists_as_version_and_field_say(start_daemon, request_text, closes):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send(request_text)
        assert client.read_response().status == 200
        if closes:
            assert client.at_end()
        else:
            client.send(request_text)
            assert client.read_response().status == 200


@pytest.mark.parametrize(
    "bad",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX : y\r\n\r\n",
    ],
)
def test_malformed_request_gets_a_whole_400_and_the_end(start_daemon, bad):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send(bad)
        response = client.read_response()
        assert response.status == 400 and response.get("Connection") == "close"
        assert client.at_end()


def test_response_is_not_lost_when_request_bytes_are_left_unread(start_daemon):
    """The body announced is never read in whole: a plain close would reset the connection."""
    daemon = start_daemon()
    with RawClient(daemon.address) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n" + b"y" * 200_000)
        assert client.read_response().status == 400


def test_unix_listener_answers(start_daemon, tmp_path):
    path = tmp_path / "listen.sock"
    daemon = start_daemon(listen=(f"unix:{path}",))
    assert get(daemon.address).status == 200


@pytest.mark.parametrize("mode", ["shared", "exclusive", "reuseport", "reuseport-cpu"])
def test_every_accept_mode_serves(start_daemon, mode):
    daemon = start_daemon("--accept-mode", mode, workers=2)
    for _ in range(20):
        assert get(daemon.address).status == 200


def test_raw_listener_answers_200_to_any_bytes(start_daemon):
    daemon = start_daemon()
    address = free_address()
    daemon.control.AddListener(
        listener={"address": text(address), "mode": enum("ListenerMode").Value("LISTENER_MODE_RAW")}
    )
    with RawClient(address) as client:
        client.send(b"\x00\x01\x02 anything")
        assert client.read_response().status == 200
