"""A worker is replaced beside what it still has to finish: nobody waits for it, and no figure is lost."""

import os
import signal
import threading

import pytest
import proc_facts
from control_api import enum
from raw_client import RawClient, get
from scripted_backend import answer
from waiting import eventually

READY = enum("WorkerState").Value("WORKER_STATE_READY")
DRAINING = enum("WorkerState").Value("WORKER_STATE_DRAINING")

needs_two_cores = pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="two workers need two cores")


class Backend:
    """A script that answers at once, except what asks for /held: that waits until it is released."""

    def __init__(self):
        self.release = threading.Event()
        self.held = 0
        self._lock = threading.Lock()

    def __call__(self, connection):
        while (request := connection.read_request()) is not None:
            if "/held" in request[0]:
                with self._lock:
                    self.held += 1
                self.release.wait(60)
            connection.send(answer(b"done"))


@pytest.fixture
def held(start_daemon, new_backend):
    """A function that starts a daemon and holds requests in its workers: (daemon, their clients)."""
    script = Backend()
    backend = new_backend(script)
    clients = []

    def start(workers, count):
        daemon = start_daemon("-x", backend.text, workers=workers)
        for _ in range(count):
            clients.append(RawClient(daemon.address))
            clients[-1].send("GET /held HTTP/1.1\r\nHost: test\r\n\r\n")
        eventually(lambda: script.held == count, "the requests to arrive")
        return daemon, clients, script

    yield start
    script.release.set()
    for client in clients:
        client.close()


def planned_pids(daemon):
    return {worker.worker: worker.pid for worker in daemon.workers() if worker.state == READY}


def check_serving(daemon, workers):
    """Everybody answers, all workers are ready, and nothing is wrong."""
    for _ in range(4 * workers):
        assert get(daemon.address).status == 200
    status = daemon.monitor.GetStatus()
    assert (status.workers_ready, status.workers) == (workers, workers)
    assert not status.degraded, status.problems


@pytest.mark.parametrize("which", ["0", "--all"])
def test_a_restart_serves_beside_a_long_request(held, which):
    daemon, clients, script = held(1, 1)
    before = planned_pids(daemon)[0]
    daemon.democtl("restart-worker", which)
    check_serving(daemon, 1)
    assert planned_pids(daemon)[0] != before
    assert [w.pid for w in daemon.workers() if w.state == DRAINING] == [before]
    script.release.set()
    assert clients[0].read_response().body == b"done"
    eventually(lambda: len(daemon.workers()) == 1, "the replaced process to leave")
    assert not proc_facts.is_alive(before)


@needs_two_cores
def test_a_worker_killed_during_its_drain_is_a_warning_with_what_it_lost(held):
    daemon, clients, _ = held(1, 3)
    old = daemon.worker_pids()[0]
    daemon.democtl("restart-worker", "0")
    eventually(lambda: daemon.log().count("drains to restart") == 1, "the drain to begin")
    os.kill(old, signal.SIGKILL)
    for client in clients:
        assert client.at_end()
    eventually(lambda: "during its drain (killed by SIGKILL), 3 connections lost" in daemon.log(), "the word")
    (line,) = [line for line in daemon.log().splitlines() if "during its drain" in line]
    assert "warning" in line
    assert "3 connections lost" in daemon.democtl("events").stdout
    assert daemon.totals()["forced_closes"] == 3
    check_serving(daemon, 1)


def test_a_worker_that_is_wanted_again_serves_beside_its_drain(held):
    daemon, clients, script = held(2, 8)
    before = planned_pids(daemon)
    daemon.democtl("set-workers", "1")
    check_serving(daemon, 1)
    assert "2/2 workers" in daemon.democtl("set-workers", "2").stdout
    check_serving(daemon, 2)
    daemon.democtl("restart-worker", "0")
    check_serving(daemon, 2)
    assert not set(before.values()) & set(planned_pids(daemon).values())
    script.release.set()
    assert [client.read_response().body for client in clients] == [b"done"] * 8


@needs_two_cores
def test_totals_never_fall_when_workers_come_and_go(start_daemon):
    daemon = start_daemon(workers=2)
    for _ in range(40):
        assert get(daemon.address).status == 200

    def totals():
        total = daemon.monitor.GetStats().sample.total
        return {name: getattr(total, name) for name in ("requests", "connections_accepted", "bytes_out")}

    last = totals()
    assert last["requests"] == 40
    for step in (("set-workers", 1), ("set-workers", 2), ("restart-worker", 1), ("restart-worker", "--all")):
        workers = step[1] if step[0] == "set-workers" else 2
        daemon.democtl(*step)
        assert totals() == last
        eventually(lambda n=workers: len(proc_facts.children(daemon.pid)) == n, "the others to leave")
        assert totals() == last
        assert daemon.democtl_json("stats")["total"]["requests"] == last["requests"]
        assert get(daemon.address).status == 200
        last["requests"] += 1
        eventually(lambda: totals()["requests"] == last["requests"], "the request to be counted")
        last = totals()
