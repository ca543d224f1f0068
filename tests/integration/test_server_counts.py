"""What a request costs, counted (runs alone): system calls by strace, instructions by callgrind."""

import pytest
from counted_instructions import count_workers, instructions_in
from ports import free_address, text
from raw_client import RawClient
from syscall_trace import SyscallTrace

GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
GET_40_BYTES = b"GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
BROWSER = (
    b"GET /index.html?session=5f2c HTTP/1.1\r\nHost: www.example.org\r\nConnection: keep-alive\r\n"
    b"User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0\r\n"
    b"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    b"Accept-Language: en-GB,en;q=0.9\r\nAccept-Encoding: gzip, deflate, br\r\nCookie: "
)
BROWSER += b"c" * (700 - 4 - len(BROWSER)) + b"\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
INSTRUCTIONS_MAX = 490
# A head that was seen before is compared, 32 bytes at a time; parsing it would take thousands.
BROWSER_INSTRUCTIONS_MORE_MAX = 150


def exchange(client, request, answers=1):
    client.send(request)
    for _ in range(answers):
        assert client.read_response().status == 200


@pytest.fixture
def worker(start_daemon):
    daemon = start_daemon("-k")
    daemon.worker = daemon.worker_pids()[0]
    return daemon


@pytest.mark.parametrize(
    "request_bytes, answers", [(GET, 1), (BROWSER, 1), (POST, 1), (GET * 16, 16), ((GET + POST) * 8, 16)]
)
def test_request_on_a_kept_connection_takes_a_receive_and_a_send(worker, tmp_path, request_bytes, answers):
    with RawClient(worker.address) as client:
        exchange(client, request_bytes, answers)
        with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
            for _ in range(100):
                exchange(client, request_bytes, answers)
    assert trace.without_heartbeat() == {"recvfrom": 100, "sendto": 100}
    assert trace.counts["epoll_wait"] <= 100 + 20, "more than one wait a request, heartbeats aside"


def test_short_connection_takes_four_calls(worker, tmp_path):
    def connect(count):
        for _ in range(count):
            with RawClient(worker.address) as client:
                exchange(client, CLOSING)
                assert client.at_end()

    connect(100)  # it learns that they come one at a time
    with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
        connect(200)
    assert trace.of_connections(200) == {"accept4": 200, "recvfrom": 200, "sendto": 200, "close": 200}


def test_response_and_end_of_a_short_connection_share_a_segment(worker, tmp_path):
    with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
        with RawClient(worker.address) as client:
            exchange(client, CLOSING)
    sends = [line for line in trace.lines if line.startswith("sendto")]
    assert len(sends) == 1 and "MSG_MORE" in sends[0], sends


def test_raw_answer_takes_one_receive_and_one_send(start_daemon, tmp_path):
    daemon = start_daemon("-k")
    address = free_address()
    daemon.democtl("add-listener", text(address), "--mode", "raw")
    with RawClient(address) as client:
        exchange(client, b"anything")
        with SyscallTrace(daemon.worker_pids()[0], tmp_path / "trace") as trace:
            for _ in range(50):
                exchange(client, b"anything")
    assert trace.without_heartbeat() == {"recvfrom": 50, "sendto": 50}


def test_the_clock_is_not_asked_through_the_kernel(worker, tmp_path):
    """Time-outs, dates and service times of a connection cost no system call."""
    with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
        with RawClient(worker.address) as client:
            for _ in range(50):
                exchange(client, GET)
    assert "clock_gettime" not in trace.without_heartbeat()
    assert trace.counts["gettimeofday"] == trace.counts["time"] == trace.counts["timerfd_settime"] == 0


def instructions(new_daemon, folder, request_bytes, count):
    """Instructions of a worker's life that answers so many requests on one connection, one at a time."""
    folder.mkdir()
    daemon = new_daemon(folder)
    daemon.start("-k")
    with RawClient(daemon.address) as client:
        for _ in range(count):
            client.send(request_bytes)
            assert client.socket.recv(4096).endswith(b"\r\n\r\nOK\n")
    daemon.stop()
    files = list(folder.glob("callgrind.*"))
    assert len(files) == 1, list(folder.iterdir())
    return instructions_in(files[0])


@pytest.fixture
def instructions_of(new_daemon, monkeypatch, tmp_path):
    """Instructions that one request of these bytes takes, as one that has the turn of the loop to itself."""
    count_workers(monkeypatch, tmp_path)

    def measure(request_bytes):
        few, many = 1000, 8000
        totals = [
            instructions(new_daemon, tmp_path / f"{len(request_bytes)}-{count}", request_bytes, count)
            for count in (few, many)
        ]
        return (totals[1] - totals[0]) / (many - few)

    return measure


def test_instructions_of_a_request(instructions_of):
    assert len(GET_40_BYTES) == 40 and len(BROWSER) == 700
    small = instructions_of(GET_40_BYTES)
    browser = instructions_of(BROWSER)
    print(f"keepalive GET: {small:.0f} instructions in user space for 40 bytes, {browser:.0f} for 700")
    assert small <= INSTRUCTIONS_MAX
    assert browser <= small + BROWSER_INSTRUCTIONS_MORE_MAX
