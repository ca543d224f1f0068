"""What a request through the proxy costs, counted by strace (runs alone): only calls that move its bytes."""

import pytest
from control_api import enum
from ports import free_address, text
from raw_client import RawClient
from syscall_trace import SyscallTrace

REQUESTS = 200
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def proxy(start_daemon):
    backend = start_daemon("-k")
    daemon = start_daemon("-k", "-x", text(backend.address))
    daemon.worker = daemon.worker_pids()[0]
    return daemon


def exchange(client, request):
    client.send(request)
    assert client.read_response().body == b"OK\n"


# No call for memory (brk, mmap) either.
@pytest.mark.parametrize("request_bytes", [GET, POST], ids=["GET", "POST"])
def test_kept_request_over_a_pooled_connection_takes_four_calls(proxy, tmp_path, request_bytes):
    with RawClient(proxy.address) as client:
        exchange(client, request_bytes)
        with SyscallTrace(proxy.worker, tmp_path / "trace") as trace:
            for _ in range(REQUESTS):
                exchange(client, request_bytes)
    expected = {"recvfrom": 2 * REQUESTS, "sendto": 2 * REQUESTS}
    if request_bytes == POST:
        # What may not be sent twice is not sent on a connection that has ended: it is asked first.
        expected["recvfrom"] += REQUESTS
    assert trace.without_heartbeat() == expected
    assert trace.counts["epoll_wait"] <= 2 * REQUESTS + 20, "more than a wait for each side, heartbeats aside"


def test_short_connection_over_a_pooled_connection_takes_six_calls(proxy, tmp_path):
    with RawClient(proxy.address) as client:
        exchange(client, CLOSING)
    with SyscallTrace(proxy.worker, tmp_path / "trace") as trace:
        for _ in range(REQUESTS):
            with RawClient(proxy.address) as client:
                exchange(client, CLOSING)
                assert client.at_end()
    assert trace.of_connections(REQUESTS) == {
        "accept4": REQUESTS,
        "recvfrom": 2 * REQUESTS,
        "sendto": 2 * REQUESTS,
        "close": REQUESTS,
    }


def test_relayed_request_in_tcp_mode_takes_four_calls(proxy, tmp_path):
    address = free_address()
    mode = enum("ListenerMode").Value("LISTENER_MODE_TCP")
    proxy.control.AddListener(listener={"address": text(address), "mode": mode})
    with RawClient(address) as client:
        exchange(client, GET)
        with SyscallTrace(proxy.worker, tmp_path / "trace") as trace:
            for _ in range(REQUESTS):
                exchange(client, GET)
    assert trace.without_heartbeat() == {"recvfrom": 2 * REQUESTS, "sendto": 2 * REQUESTS}
