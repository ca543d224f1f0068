"""More connections than a worker may have: accepting slows down, nothing is dropped, nothing spins."""

import resource
import subprocess
import sys
import time

import proc_facts
from own_user import OWN_USER
from ports import free_address, text
from raw_client import RawClient
from waiting import eventually

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def ask(client):
    client.send(GET)
    return client.read_response().status


def check_that_it_rests(daemon):
    """Its loop turns for its heartbeat and to try again, some times a second; spinning, 100,000 times."""
    begin = time.monotonic()
    before = daemon.totals()["polls"]
    eventually(lambda: daemon.totals()["polls"] >= before + 3, "the loop to turn")
    turns = daemon.totals()["polls"] - before
    assert turns <= 10 + 50 * (time.monotonic() - begin), "it spins"


def fill(daemon, limit, more):
    """Connections up to the limit, each answered, and more that wait in the queue."""
    clients = [RawClient(daemon.address) for _ in range(limit + more)]
    for client in clients:
        client.send(GET)
    eventually(lambda: daemon.totals()["connections_open"] == limit, "the limit to be reached")
    for client in clients[:limit]:
        assert client.read_response().status == 200
    return clients


def check_overload(daemon, limit):
    clients = fill(daemon, limit, 40)
    try:
        pids = daemon.worker_pids()
        check_that_it_rests(daemon)
        totals = daemon.totals()
        assert totals["connections_open"] == limit
        assert totals["accept_paused"] >= 1
        for client in clients[:limit]:
            assert ask(client) == 200, "a connection that was accepted is served on"
        # Each one that closes lets one in from the queue.
        for number, client in enumerate(clients[:40]):
            client.close()
            assert clients[limit + number].read_response().status == 200
        assert daemon.worker_pids() == pids
    finally:
        for client in clients:
            client.close()


def test_connection_limit(start_daemon):
    daemon = start_daemon("-k")
    daemon.democtl("set-client-limits", "--max-connections", "100")
    check_overload(daemon, 100)
    assert "limit of 100" in daemon.log()


def test_raised_connection_limit_lets_the_queue_in(start_daemon):
    daemon = start_daemon("-k")
    daemon.democtl("set-client-limits", "--max-connections", "20")
    clients = fill(daemon, 20, 10)
    daemon.democtl("set-client-limits", "--max-connections", "30")
    for client in clients[20:]:
        assert client.read_response().status == 200
    for client in clients:
        client.close()


def test_descriptor_table_is_a_limit_too(start_daemon):
    """The limit of the running worker is lowered: accept4 fails from then on, as when a system runs out."""
    daemon = start_daemon(*OWN_USER, "-k")
    pid = daemon.worker_pids()[0]
    used = len(proc_facts.open_descriptors(pid))
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (used + 50, used + 50))
    check_overload(daemon, 50)
    assert "Too many open files" in daemon.log()
    assert daemon.totals()["accept_errors"] >= 1


def test_full_accept_queue_recovers(start_daemon):
    """With a queue of one connection, clients wait in their handshakes and are all served in the end."""
    daemon = start_daemon("-k")
    address = free_address()
    daemon.democtl("set-client-limits", "--max-connections", "4")
    daemon.democtl("add-listener", text(address), "--backlog", "1")
    clients = [RawClient(address) for _ in range(4)]
    assert [ask(client) for client in clients] == [200] * 4
    script = (
        "import socket\n"
        "client = socket.create_connection((%r, %d), timeout=60)\n"
        "client.sendall(%r)\n"
        "assert b' 200 ' in client.recv(4096)\n"
    ) % (*address, GET)
    waiting = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(6)]
    try:
        check_that_it_rests(daemon)
        for client in clients:
            client.close()
        assert [process.wait(60) for process in waiting] == [0] * 6
    finally:
        for process in waiting:
            process.kill()
            process.wait()
