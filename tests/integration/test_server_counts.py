"""What a request costs, counted (runs alone): system calls by strace, instructions by callgrind."""

import re
import shutil
import stat
from pathlib import Path

import daemon_process
import pytest
from raw_client import RawClient
from syscall_trace import SyscallTrace

GET = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n"
GET_40_BYTES = b"GET / HTTP/1.1\r\nHost: localhost:8080\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\n\r\nhello"
INSTRUCTIONS_MAX = 500


def is_release():
    cache = daemon_process.BUILD / "CMakeCache.txt"
    return cache.exists() and re.search(r"^CMAKE_BUILD_TYPE:\w+=Release$", cache.read_text(), re.MULTILINE)


def exchange(client, request, answers=1):
    client.send(request)
    for _ in range(answers):
        assert client.read_response().status == 200


@pytest.fixture
def worker(start_daemon):
    daemon = start_daemon("-k")
    daemon.worker = daemon.worker_pids()[0]
    return daemon


@pytest.mark.parametrize("request_bytes, answers", [(GET, 1), (POST, 1), (GET * 16, 16), ((GET + POST) * 8, 16)])
def test_request_on_a_kept_connection_takes_one_receive_and_one_send(worker, tmp_path, request_bytes, answers):
    with RawClient(worker.address) as client:
        exchange(client, request_bytes, answers)
        with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
            for _ in range(100):
                exchange(client, request_bytes, answers)
    assert trace.without_heartbeat() == {"recvfrom": 100, "sendto": 100}
    assert trace.counts["epoll_wait"] <= 100 + 20, "more than one wait a request, heartbeats aside"


def test_short_connection_takes_four_calls(worker, tmp_path):
    with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
        for _ in range(200):
            with RawClient(worker.address) as client:
                exchange(client, CLOSING)
                assert client.at_end()
    counts = trace.without_heartbeat()
    empty = sum("EAGAIN" in line for line in trace.lines if line.startswith("accept4"))
    # Now and then the queue is asked whether there is more.
    assert empty <= 200 * 0.05, f"{empty} of 200 looks at an empty queue"
    counts["accept4"] -= empty
    assert counts == {"accept4": 200, "recvfrom": 200, "sendto": 200, "close": 200}


def test_response_and_end_of_a_short_connection_share_a_segment(worker, tmp_path):
    with SyscallTrace(worker.worker, tmp_path / "trace") as trace:
        with RawClient(worker.address) as client:
            exchange(client, CLOSING)
    sends = [line for line in trace.lines if line.startswith("sendto")]
    assert len(sends) == 1 and "MSG_MORE" in sends[0], sends


def test_raw_answer_takes_one_receive_and_one_send(start_daemon, tmp_path):
    daemon = start_daemon("-k", listen=())
    daemon.democtl("add-listener", "127.0.0.1:0", "--mode", "raw")
    with RawClient(daemon.address) as client:
        exchange(client, b"anything")
        with SyscallTrace(daemon.worker_pids()[0], tmp_path / "trace") as trace:
            for _ in range(50):
                exchange(client, b"anything")
    assert trace.without_heartbeat() == {"recvfrom": 50, "sendto": 50}


def instructions(new_daemon, folder, count):
    """Instructions of a worker's whole life that answers so many requests on one connection, one at a time."""
    daemon = new_daemon(folder)
    daemon.start("-k")
    with RawClient(daemon.address) as client:
        for _ in range(count):
            client.send(GET_40_BYTES)
            assert client.socket.recv(4096).endswith(b"\r\n\r\nOK\n")
    daemon.stop()
    totals = [re.search(r"^summary: (\d+)|^totals: (\d+)", path.read_text(), re.MULTILINE)
              for path in folder.glob("callgrind.*")]
    assert len(totals) == 1 and totals[0], list(folder.iterdir())
    return int(totals[0].group(1) or totals[0].group(2))


def test_instructions_of_a_request(new_daemon, monkeypatch, tmp_path):
    """The whole turn of the loop included, as one request at a time has it to itself."""
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    if not is_release():
        pytest.skip("counts of a build without optimisation say nothing")
    assert len(GET_40_BYTES) == 40
    programs = tmp_path / "programs"
    programs.mkdir()
    shutil.copy(daemon_process.SERVER, programs / "demo-server")
    wrapper = programs / "demo-server-worker"
    wrapper.write_text("#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file=callgrind.%p "
                       f"{daemon_process.SERVER.parent / 'demo-server-worker'} \"$@\"\n")
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(daemon_process, "SERVER", programs / "demo-server")
    few, many = 1000, 4000
    totals = []
    for count in (few, many):
        folder = Path(tmp_path / str(count))
        folder.mkdir()
        totals.append(instructions(new_daemon, folder, count))
    each = (totals[1] - totals[0]) / (many - few)
    print(f"keepalive GET of 40 bytes: {each:.0f} instructions in user space")
    assert each <= INSTRUCTIONS_MAX
