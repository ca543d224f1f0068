"""A worker without room for descriptors stays alive, is named, and gets what it missed once it has room."""

import os
import resource
import signal

from own_user import OWN_USER
from raw_client import get
from shortage import forbid_descriptors
from waiting import eventually


def test_a_worker_without_room_keeps_its_generation_and_catches_up(start_daemon):
    daemon = start_daemon(*OWN_USER)
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


def test_a_shortage_of_a_worker_is_told_when_it_begins_and_when_it_ends(start_daemon):
    daemon = start_daemon(*OWN_USER)
    worker = daemon.workers()[0]
    before = forbid_descriptors(worker.pid)
    daemon.democtl("keepalive", "on", check=False)
    eventually(lambda: "has no room for descriptors" in daemon.log(), "the shortage to be told")
    # Its loop turns with each try, twice a second, and once a second by itself.
    polls = daemon.totals()["polls"]
    eventually(lambda: daemon.totals()["polls"] > polls + 12, "some tries in vain")
    resource.prlimit(worker.pid, resource.RLIMIT_NOFILE, before)
    eventually(lambda: "tries in vain" in daemon.log(), "the end to be told")
    lines = [line for line in daemon.log().splitlines() if "room for" in line or "in vain" in line]
    assert len(lines) <= 4, lines


def test_a_worker_that_cannot_be_started_keeps_its_last_exit(start_daemon):
    daemon = start_daemon()
    worker = daemon.workers()[0]
    before = forbid_descriptors(daemon.pid)
    os.kill(worker.pid, signal.SIGKILL)
    short = daemon.wait_worker(0, lambda w: "does not start" in w.trouble, "the shortage to be shown")
    assert short.last_exit == "killed by SIGKILL"
    assert "Too many open files" in short.trouble
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)
    daemon.wait_respawned(0, worker.pid)
    assert daemon.workers()[0].last_exit == "killed by SIGKILL"
    assert daemon.log().count("does not start") == 1, daemon.log()
