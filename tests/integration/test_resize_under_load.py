"""Workers are resized 1, 2, 1, 4, 2 under wrk and ab (runs alone): no error in any accept mode."""

import os
import re

import pytest
import proc_facts
from control_api import enum
from load import Rounds, ab, requests_flow, wrk
from preloads import preload
from waiting import eventually

MODES = ["shared", "exclusive", "reuseport", "reuseport-cpu"]
CORES = sorted(os.sched_getaffinity(0))
# What makes the daemon see four cores on a machine that has fewer; not there with sanitizers.
PRELOAD = preload("more_cores")
PRETENDS = len(CORES) < 4 and PRELOAD.exists()
MOST = 4 if PRETENDS else min(4, len(CORES))
DRAINING = enum("WorkerState").Value("WORKER_STATE_DRAINING")
COUNTS = [2, 1, MOST, 2]


def environment():
    if MOST < 2:
        pytest.skip("one core alone cannot be resized")
    return {"LD_PRELOAD": str(PRELOAD), "DEMO_TEST_CORES": str(MOST)} if PRETENDS else {}


def real_core(core):
    return CORES[core % len(CORES)] if PRETENDS else core


def pinned(daemon, count):
    staying = [worker for worker in daemon.workers() if worker.state != DRAINING]
    assert [worker.worker for worker in staying] == list(range(count))
    return all(w.pid and proc_facts.affinity(w.pid) == {real_core(w.core)} for w in staying)


def resize(daemon, count):
    """Resizes as an operator does: as many workers then, each on its core, and requests flow."""
    done = daemon.democtl("set-workers", count)
    assert re.fullmatch(rf"gen \d+, {count}/{count} workers", done.stdout.strip()), done.stdout
    # One that is wanted again while it drains is there again at once, on its core.
    eventually(lambda: pinned(daemon, count), f"{count} workers, each on its core")
    requests_flow(daemon, 201, f"requests to flow with {count} workers")


def left(daemon, count):
    """Whether those that left are gone, drained to the end."""
    return len(proc_facts.children(daemon.pid)) == count


@pytest.mark.parametrize("mode", MODES)
def test_no_resize_costs_a_connection(start_daemon, mode):
    daemon = start_daemon("-k", "--accept-mode", mode, workers=1, environment=environment())
    loads = [
        wrk(daemon.url, seconds=240, connections=16),
        wrk(daemon.url, seconds=240, connections=16, headers=["Connection: close"]),
        Rounds(lambda: ab(daemon.url, requests=1000, concurrency=20)),
    ]
    try:
        requests_flow(daemon, 201)
        # In haste: a worker is wanted again while it still drains.
        for count in COUNTS:
            resize(daemon, count)
        # At leisure: every worker that leaves is gone before the next change.
        for count in [1, *COUNTS]:
            resize(daemon, count)
            eventually(lambda many=count: left(daemon, many), f"{count} workers alone to be left", seconds=40)
        for load in loads[:2]:
            load.finish().check()
        loads[2].finish()
    finally:
        for load in loads:
            load.kill()
    assert "connections lost" not in daemon.log()
    assert not re.search(r"[1-9]\d* connections ended at the deadline", daemon.log()), daemon.log()
