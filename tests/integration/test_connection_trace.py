"""At level debug the life of each connection can be followed by one number; else nothing of it is told."""

import re
from contextlib import closing

import pytest
from ports import free_address, text
from raw_client import RawClient
from scripted_backend import ScriptedBackend
from waiting import eventually

GET = b"GET /a?b HTTP/1.1\r\nHost: example.org\r\n\r\n"
LAST_GET = b"GET /last HTTP/1.1\r\nHost: example.org\r\nConnection: close\r\n\r\n"


def lives(daemon):
    """What the log tells of each connection, in order: {number: [what]}."""
    told = {}
    for number, what in re.findall(r"worker \d+: connection (\d+): (.*)", daemon.log()):
        told.setdefault(number, []).append(what)
    return told


def life_with(daemon, part):
    """The one life of which the log tells this part, once it has ended."""

    def whole():
        found = [life for life in lives(daemon).values() if part in "\n".join(life)]
        return found and re.match("ended|cut off", found[0][-1]) and found

    eventually(whole, f"the end of the connection of {part}")
    found = whole()
    assert len(found) == 1, found
    return found[0]


def matches(life, *patterns):
    assert len(life) == len(patterns), life
    for told, pattern in zip(life, patterns, strict=True):
        assert re.fullmatch(pattern, told), (told, pattern)


def ask(address, *requests):
    with RawClient(address) as client:
        for request in requests:
            client.send(request)
            status = client.read_response().status
    return status


def test_a_connection_of_server_mode(start_daemon):
    daemon = start_daemon("-k", "-d")
    ask(daemon.address, GET, GET, LAST_GET)
    matches(
        life_with(daemon, "/a?b"),
        rf"accepted from 127.0.0.1:\d+ on {text(daemon.address)}, mode server",
        r"asks GET /a\?b HTTP/1.1, host example.org",
        "answered 200",
        r"asks GET /a\?b HTTP/1.1, host example.org",
        "answered 200",
        "asks GET /last HTTP/1.1, host example.org",
        "answered 200, the last answer",
        "ended",
    )


def test_a_connection_of_proxy_mode(start_daemon):
    with closing(ScriptedBackend()) as backend:
        daemon = start_daemon("-k", "-d", "-x", backend.text)
        ask(daemon.address, GET, LAST_GET)
        at = re.escape(f"{backend.text} ({backend.text})")
        life = life_with(daemon, "/a?b")
        matches(
            life,
            rf"accepted from 127.0.0.1:\d+ on {text(daemon.address)}, mode proxy",
            r"asks GET /a\?b HTTP/1.1, host example.org",
            rf"pool default, round-robin, attempt 1: {at}, (a new connection, open at once|connecting)",
            *(["connected"] if life[2].endswith("connecting") else []),
            "answered 200",
            "asks GET /last HTTP/1.1, host example.org",
            rf"pool default, round-robin, attempt 1: {at}, a pooled connection",
            "answered 200, the last answer",
            "ended",
        )


def test_a_request_that_finds_no_backend(start_daemon):
    daemon = start_daemon("-d", "-x", text(free_address()))
    assert ask(daemon.address, GET) == 502
    life = life_with(daemon, "/a?b")
    assert "pool default, round-robin, attempt 1: " in life[2], life
    assert any("refused" in told for told in life), life
    assert "answered 502: the backend refused the connection" in life


def test_a_connection_of_tcp_mode(start_daemon):
    with closing(ScriptedBackend()) as backend:
        daemon = start_daemon("-d", "-x", backend.text)
        address = free_address()
        daemon.democtl("add-listener", text(address), "--mode", "tcp")
        ask(address, LAST_GET)
        life = life_with(daemon, "mode tcp")
        assert "pool default, round-robin, attempt 1: " in life[1], life
        assert "connected, relays" in life
        relayed = rf"ended: {len(LAST_GET)} bytes of the client relayed, \d+ of the backend"
        assert re.fullmatch(relayed, life[-1])


def test_a_connection_of_raw_mode(start_daemon):
    daemon = start_daemon("-d")
    address = free_address()
    daemon.democtl("add-listener", text(address), "--mode", "raw")
    ask(address, b"anything")
    matches(
        life_with(daemon, "mode raw"),
        rf"accepted from 127.0.0.1:\d+ on {text(address)}, mode raw",
        "answered 200, the last answer",
        "ended",
    )


@pytest.mark.parametrize(
    "request_bytes", [b"GET / HTTP/9.9\r\n\r\n", b"GE\x1bT / HTTP/1.1\r\nHost: h\r\n\r\n"]
)
def test_a_request_that_is_refused(start_daemon, request_bytes):
    daemon = start_daemon("-d")
    status = ask(daemon.address, request_bytes)
    life = life_with(daemon, f"answered {status}: ")
    assert life[-1] == "ended after its last answer"


def test_nothing_is_told_when_it_is_off(start_daemon):
    daemon = start_daemon("-k")
    ask(daemon.address, GET)
    daemon.democtl("debug", "on")
    ask(daemon.address, LAST_GET)
    assert "/a?b" not in "\n".join(life_with(daemon, "/last"))
    daemon.democtl("debug", "off")
    before = lives(daemon)
    ask(daemon.address, GET)
    assert lives(daemon) == before and len(before) == 1


def test_a_connection_that_was_there_before_gets_a_number_too(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send(GET)
        client.read_response()
        daemon.democtl("debug", "on")
        client.send(LAST_GET)
        client.read_response()
    assert life_with(daemon, "/last")[0] == "asks GET /last HTTP/1.1, host example.org"
