"""What connections through the proxy hold of a worker's memory (runs alone): idle ones and active ones."""

import os
import resource
import socket

import proc_facts
import pytest
from waiting import eventually

IDLE, ACTIVE = 9000, 300
WARM = 500  # opened before memory is looked at: everything that is made once is there
IDLE_BYTES_MAX, ACTIVE_BYTES_MAX = 320, 40 * 1024
RESTING_KIB_MAX = 4096
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


@pytest.fixture(autouse=True)
def many_descriptors():
    if os.environ.get("DEMO_SANITIZE"):
        pytest.skip("sanitizers keep books on memory of their own")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * IDLE + 1000  # the worker keeps one for the backend of each client
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, max(hard, wanted)))
    except (ValueError, OSError) as error:
        pytest.skip(f"cannot have {wanted} descriptors: {error}")
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def connect(address, count):
    clients = [socket.socket() for _ in range(count)]
    for client in clients:
        client.settimeout(20)
        client.connect(address)
    return clients


def exchange(clients):
    for client in clients:
        client.send(GET)
    for client in clients:
        assert client.recv(4096).endswith(b"\r\n\r\nbackend\n")


def connect_and_exchange(address, count):
    """A few at a time, so that few backend connections are open at once."""
    clients = []
    for _ in range(0, count, 20):
        batch = connect(address, 20)
        exchange(batch)
        clients += batch
    return clients


def start_proxy(start_daemon, backend):
    daemon = start_daemon("-k", "-x", backend.text)
    daemon.democtl("keepalive", "on", "--side", "client", "--idle-timeout", "10m")
    return daemon, daemon.worker_pids()[0]


def count_open(daemon):
    return daemon.totals().get("connections_open", 0)


def test_worker_with_nothing_to_do_is_small(start_daemon, new_backend):
    _, worker = start_proxy(start_daemon, new_backend())
    resting = proc_facts.status_kib(worker, "VmRSS")
    print(f"a worker with nothing to do: {resting} KiB resident")
    assert resting <= RESTING_KIB_MAX


def test_idle_client_connections_cost_little(start_daemon, new_backend):
    daemon, worker = start_proxy(start_daemon, new_backend())
    clients = connect_and_exchange(daemon.address, WARM)
    try:
        before = proc_facts.status_kib(worker, "RssAnon")
        more = connect_and_exchange(daemon.address, IDLE - WARM)
        clients += more
        eventually(lambda: count_open(daemon) == IDLE, "all connections to be counted")
        each = (proc_facts.status_kib(worker, "RssAnon") - before) * 1024 / len(more)
        print(f"idle client connection of the proxy: {each:.0f} bytes of user memory")
        assert each <= IDLE_BYTES_MAX
        exchange(clients[:: IDLE // 20])
        assert daemon.worker_pids() == [worker]
    finally:
        for client in clients:
            client.close()
    eventually(lambda: count_open(daemon) == 0, "all connections to be closed")


def never_answer(connection):
    connection.read_until(b"\r\n\r\n")
    connection.socket.recv(1)


def flood(connection):
    """Takes nothing of a body and sends chunks that nobody reads."""
    connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 16 * 1024)
    connection.read_until(b"\r\n\r\n")
    connection.socket.settimeout(None)
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"100000\r\n" + b"d" * 0x100000 + b"\r\n"
    while True:
        connection.send(piece)


def send_endlessly(client):
    """Sends chunks until the kernel takes no more."""
    client.setblocking(False)
    piece = b"10000\r\n" + b"u" * 0x10000 + b"\r\n"
    at = 0
    try:
        while True:
            at = (at + client.send(piece[at:])) % len(piece)
    except BlockingIOError:
        pass


def settled(daemon):
    """A condition that holds once no byte has moved between two looks."""
    last = {}

    def nothing_moves():
        totals = daemon.totals()
        now = [totals.get(name, 0) for name in ("requests", "bytes_in", "bytes_out", "connections_open")]
        same, last["now"] = last.get("now") == now, now
        return same and now[0] >= ACTIVE

    return nothing_moves


@pytest.mark.parametrize("stuck", [False, True], ids=["waiting for a response", "stuck both ways"])
def test_active_client_connections_stay_within_their_buffers(start_daemon, new_backend, stuck):
    daemon, worker = start_proxy(start_daemon, new_backend(flood if stuck else never_answer, backlog=1024))
    before = proc_facts.status_kib(worker, "RssAnon")
    clients = connect(daemon.address, ACTIVE)
    try:
        for client in clients:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            if stuck:
                client.send(b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n")
                send_endlessly(client)
            else:
                client.send(GET)
        eventually(settled(daemon), "everything to stand still", 60)
        each = (proc_facts.status_kib(worker, "RssAnon") - before) * 1024 / ACTIVE
        print(f"active client connection of the proxy: {each:.0f} bytes of user memory")
        assert each <= ACTIVE_BYTES_MAX
    finally:
        for client in clients:
            client.close()
