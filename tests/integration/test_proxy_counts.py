"""What a request through the proxy costs, counted (runs alone): by strace, only calls that move its bytes; by
callgrind, the instructions of the worker in user space."""

import pytest
from control_api import enum
from counted_instructions import CountedSpan, count_workers
from many_backends import ManyBackends
from ports import free_address, text
from raw_client import RawClient
from syscall_trace import SyscallTrace

REQUESTS = 200
COUNTED = 4000
# Of a request whose heads are those of the one before, in either direction.
INSTRUCTIONS_MAX = 3600
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


def test_instructions_of_a_small_request(new_daemon, monkeypatch, tmp_path):
    count_workers(monkeypatch, tmp_path)
    with ManyBackends() as backends:
        daemon = new_daemon().start("-k", "-x", *backends.endpoints(1))
        daemon.control.SetKeepalive(backend={"enabled": True, "idle_timeout": {"seconds": 600}})
        with RawClient(daemon.address) as client:

            def ask(times):
                for _ in range(times):
                    client.send(b"GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n")
                    assert client.socket.recv(4096).endswith(b"\r\n\r\nOK\n")

            ask(100)
            with CountedSpan(daemon) as span:
                ask(COUNTED)
        daemon.stop()
    each = span.instructions / COUNTED
    print(f"small proxied GET: {each:.0f} instructions in user space")
    assert each <= INSTRUCTIONS_MAX
