"""A worker without room for descriptors stays alive, is named, and gets what it missed once it has room."""

import resource

import proc_facts
from raw_client import get
from waiting import eventually


def forbid_descriptors(pid):
    """Lets the process open no descriptor more; the limit before."""
    open_now = proc_facts.open_descriptors(pid)
    before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    lowest_free = next(number for number in range(len(open_now) + 1) if number not in open_now)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    return before


def test_a_worker_without_room_keeps_its_generation_and_catches_up(start_daemon):
    daemon = start_daemon()
    worker = daemon.workers()[0]
    before = forbid_descriptors(worker.pid)
    daemon.democtl("keepalive", "on", check=False)
    eventually(
        lambda: any("no room for descriptors" in p for p in daemon.monitor.GetStatus().problems),
        "the shortage to be shown",
    )
    meanwhile = daemon.workers()[0]
    assert (meanwhile.pid, meanwhile.generation) == (worker.pid, worker.generation)
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, before)
    eventually(
        lambda: daemon.workers()[0].generation == daemon.monitor.GetStatus().generation,
        "the worker to catch up",
    )
    eventually(lambda: not daemon.monitor.GetStatus().degraded, "the shortage to end")
    assert daemon.workers()[0].pid == worker.pid
    assert daemon.workers()[0].respawns == 0
    assert get(daemon.address).status == 200
