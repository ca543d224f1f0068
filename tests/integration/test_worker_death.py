"""A worker that dies (runs alone): its queue is served, it is respawned on its core, figures continue."""

import os
import signal
import time

import proc_facts
from load import ab
from raw_client import RawClient, get
from stand_still import stand_still
from waiting import eventually

STANDSTILL_SECONDS = 12  # more than limits::kWorkerHeartbeatTimeout
WORKERS = min(2, len(os.sched_getaffinity(0)))


def test_killed_worker_is_respawned_on_its_core(start_daemon):
    daemon = start_daemon("-k", workers=WORKERS)
    before = daemon.workers()[0]
    os.kill(before.pid, signal.SIGKILL)
    after = daemon.wait_respawned(0, before.pid)
    assert after.core == before.core
    assert proc_facts.affinity(after.pid) == {before.core}
    assert after.respawns == 1
    assert "SIGKILL" in after.last_exit
    assert get(daemon.address).status == 200
    assert "SIGKILL" in daemon.log()


def test_counters_continue_and_gauges_are_right_after_a_death(start_daemon):
    daemon = start_daemon("-k")
    ab(daemon.url, requests=1000, concurrency=8).wait().check()
    eventually(
        lambda: daemon.totals().get("connections_open", 0) == 0, "all connections to be counted closed"
    )
    before = daemon.totals()
    assert before["requests"] >= 1000
    pid = daemon.workers()[0].pid
    with RawClient(daemon.address) as held:
        held.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        held.read_response()
        assert daemon.totals()["connections_open"] == 1
        # It is answered before it is counted.
        eventually(lambda: daemon.totals()["requests"] > before["requests"], "the request to be counted")
        os.kill(pid, signal.SIGKILL)
        daemon.wait_respawned(0, pid)
        after = daemon.totals()
        assert after.get("connections_open", 0) == 0
        assert after["requests"] >= before["requests"] + 1
    ab(daemon.url, requests=100, concurrency=4).wait().check()
    eventually(lambda: daemon.totals()["requests"] >= before["requests"] + 101, "all to be counted")


def test_queued_connections_of_a_dead_worker_are_served(start_daemon):
    """A stopped worker leaves connections in its queue; after its death somebody else serves them."""
    daemon = start_daemon(workers=WORKERS)
    pid = daemon.workers()[0].pid
    stand_still(pid)
    clients = [RawClient(daemon.address) for _ in range(20)]
    try:
        for client in clients:
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        os.kill(pid, signal.SIGKILL)
        assert [client.read_response().status for client in clients] == [200] * len(clients)
    finally:
        for client in clients:
            client.close()


def test_a_daemon_that_was_stopped_as_a_whole_keeps_its_workers(start_daemon):
    """As by systemctl freeze, docker pause or a stopped machine, for longer than a loop may stand still."""
    daemon = start_daemon("-k", workers=WORKERS)
    workers = [worker.pid for worker in daemon.workers()]
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
        stand_still(daemon.pid, *workers)
        time.sleep(STANDSTILL_SECONDS)
        # The supervisor first: it looks before a worker can have run.
        os.kill(daemon.pid, signal.SIGCONT)
        daemon.totals()
        second_look = time.monotonic() + 2
        eventually(lambda: time.monotonic() > second_look, "the supervisor to look again")
        for pid in workers:
            os.kill(pid, signal.SIGCONT)
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
    assert [worker.pid for worker in daemon.workers()] == workers
    assert "stood still" not in daemon.log()
