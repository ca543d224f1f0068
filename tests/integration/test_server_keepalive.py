"""Keepalive with clients, switched under load (runs alone): no response is cut, idle connections close."""

import os

from load import requests_flow, wrk
from raw_client import RawClient
from waiting import eventually

WORKERS = min(2, len(os.sched_getaffinity(0)))
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def ask(client):
    client.send(GET)
    return client.read_response()


def test_switching_under_load_cuts_nothing(start_daemon):
    daemon = start_daemon("-k", workers=WORKERS)
    load = wrk(daemon.url, seconds=300, connections=32)
    try:
        for _ in range(5):
            for state in ("off", "on"):
                daemon.democtl("keepalive", state)
                requests_flow(daemon, 500)
        load.finish().check()
    finally:
        load.kill()


def test_switching_off_closes_what_is_idle_and_says_close_to_the_rest(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as idle, RawClient(daemon.address) as busy:
        assert ask(idle).get("Connection") is None
        busy.send(b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab")
        eventually(lambda: daemon.totals().get("connections_open") == 2, "both connections")
        daemon.democtl("keepalive", "off")
        assert idle.at_end()
        busy.send(b"cd")
        assert busy.read_response().get("Connection") == "close"
        assert busy.at_end()
    daemon.democtl("keepalive", "on")
    with RawClient(daemon.address) as client:
        assert ask(client).get("Connection") is None
        assert ask(client).status == 200


def test_idle_timeout_and_most_requests(start_daemon):
    daemon = start_daemon()
    daemon.democtl("keepalive", "on", "--idle-timeout", "60s", "--max-requests", "2")
    with RawClient(daemon.address) as client:
        assert ask(client).get("Connection") is None
        assert ask(client).get("Connection") == "close"
        assert client.at_end()
    daemon.democtl("keepalive", "on", "--idle-timeout", "100ms")
    with RawClient(daemon.address) as client:
        ask(client)
        assert client.at_end(), "idle for longer than it may"
    daemon.democtl("keepalive", "on", "--idle-timeout", "60s", "--max-requests", "0")
    with RawClient(daemon.address) as client:
        for _ in range(5):
            assert ask(client).get("Connection") is None


def test_time_outs_can_be_set(start_daemon):
    daemon = start_daemon("-k")
    daemon.democtl("set-client-limits", "--head-timeout", "100ms", "--body-timeout", "150ms")
    with RawClient(daemon.address) as client:
        client.send(b"GET / HT")
        assert client.read_response().status == 408
        assert client.at_end()
    with RawClient(daemon.address) as client:
        client.send(b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab")
        assert client.read_response().status == 408
        assert client.at_end()
