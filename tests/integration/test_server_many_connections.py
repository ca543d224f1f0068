"""30,000 idle persistent connections over two workers (runs alone), from several loopback addresses."""

import os
import resource
import socket

import proc_facts
import pytest
from waiting import eventually

CONNECTIONS = 30000
PER_SOURCE = 10000  # below what the range of ephemeral ports gives one source address
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
BYTES_EACH_MAX = 256


@pytest.fixture
def many_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = CONNECTIONS + 5000
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError) as error:
        pytest.skip(f"cannot have {wanted} descriptors: {error}")
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(address, count, first):
    """Opens connections, sends a request on each, reads each answer."""
    clients = []
    for number in range(first, first + count):
        client = socket.socket()
        source = f"127.0.0.{2 + number // PER_SOURCE}"
        client.setsockopt(socket.IPPROTO_IP, 24, 1)  # IP_BIND_ADDRESS_NO_PORT: ports are chosen by connect
        client.bind((source, 0))
        client.settimeout(20)
        client.connect(address)
        clients.append(client)
    exchange(clients)
    return clients


def exchange(clients):
    for start in range(0, len(clients), 500):
        batch = clients[start:start + 500]
        for client in batch:
            client.send(GET)
        for client in batch:
            assert client.recv(4096).endswith(b"\r\n\r\nOK\n")


def test_idle_connections_stay_open_and_cost_little(start_daemon, many_descriptors):
    # pylint: disable=unused-argument,redefined-outer-name
    if os.environ.get("DEMO_SANITIZE"):
        pytest.skip("sanitizers keep books on memory of their own")
    workers = min(2, len(os.sched_getaffinity(0)))
    daemon = start_daemon("-k", workers=workers)
    daemon.democtl("keepalive", "on", "--idle-timeout", "10m")
    pids = daemon.worker_pids()
    clients = connect(daemon.address, 500, 0)  # everything that is made once is there
    try:
        before = sum(proc_facts.status_kib(pid, "VmRSS") for pid in pids)
        clients += connect(daemon.address, CONNECTIONS - 500, 500)
        eventually(lambda: daemon.totals()["connections_open"] == CONNECTIONS, "all connections to be counted")
        after = sum(proc_facts.status_kib(pid, "VmRSS") for pid in pids)
        each = (after - before) * 1024 / (CONNECTIONS - 500)
        print(f"idle connection: {each:.0f} bytes of user memory")
        assert each <= BYTES_EACH_MAX
        # All of them are alive: each answers once more, and none has been closed.
        exchange(clients)
        assert daemon.totals()["connections_open"] == CONNECTIONS
        assert daemon.totals()["requests"] == 2 * CONNECTIONS
        assert daemon.worker_pids() == pids
    finally:
        for client in clients:
            client.close()
    eventually(lambda: daemon.totals().get("connections_open", 0) == 0, "all connections to be closed")
