"""The accept mode walks through all four under load (runs alone): nothing refused, nothing reset, no request lost."""

import itertools
import os

import pytest
from control_api import enum
from load import ab, wrk
from raw_client import RawClient, get
from waiting import eventually

WORKERS = min(2, len(os.sched_getaffinity(0)))
MODES = ["shared", "exclusive", "reuseport", "reuseport-cpu"]
# Every change from one mode to another.
WALK = ["shared", "exclusive", "reuseport", "reuseport-cpu", "shared", "reuseport", "exclusive", "reuseport-cpu",
        "reuseport", "shared", "reuseport-cpu", "exclusive", "shared"]


def switch(daemon, mode):
    """Switches as an operator does, and sees it in force while requests flow."""
    done = daemon.democtl("accept-mode", mode)
    assert f"{WORKERS}/{WORKERS} workers" in done.stdout, done.stdout
    in_force = enum("AcceptMode").Value("ACCEPT_MODE_" + mode.upper().replace("-", "_"))
    assert daemon.monitor.ListListeners().listeners[0].accept_mode == in_force
    before = daemon.totals()["requests"]
    eventually(lambda: daemon.totals()["requests"] > before + 200, f"requests to flow in mode {mode}")


def test_the_walk_covers_every_change():
    assert set(itertools.pairwise(WALK)) == set(itertools.permutations(MODES, 2))


def test_every_change_of_mode_under_persistent_connections(start_daemon):
    daemon = start_daemon("-k", workers=WORKERS)
    load = wrk(daemon.url, seconds=14, connections=32)
    try:
        eventually(lambda: daemon.totals().get("requests", 0) > 0, "requests")
        for mode in WALK:
            switch(daemon, mode)
        load.wait().check()
    finally:
        load.kill()


def test_every_change_of_mode_under_short_connections(start_daemon):
    """Each request takes a new connection: none is refused, reset or left unanswered."""
    daemon = start_daemon(workers=WORKERS)
    load = wrk(daemon.url, seconds=14, connections=32, headers=["Connection: close"])
    try:
        eventually(lambda: daemon.totals().get("requests", 0) > 0, "requests")
        for mode in WALK:
            switch(daemon, mode)
        load.wait().check()
    finally:
        load.kill()


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_serves_on_every_worker(start_daemon, mode):
    daemon = start_daemon("--accept-mode", mode, workers=WORKERS)
    ab(daemon.url, requests=3000, concurrency=40).wait().check()
    if mode == "reuseport":
        sample = daemon.monitor.GetStats().sample
        assert all(worker.figures.requests > 0 for worker in sample.workers), "the hash left a worker out"


def test_connections_of_a_mode_outlive_it(start_daemon):
    """Only the way in changes: connections that are open stay where they are."""
    daemon = start_daemon("-k", "--accept-mode", "shared", workers=WORKERS)
    with RawClient(daemon.address) as client:
        for mode in ["reuseport", "reuseport-cpu", "exclusive", "shared"]:
            client.send(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            assert client.read_response().status == 200
            daemon.democtl("accept-mode", mode)
        client.send(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200


def test_resize_under_load_loses_nothing(start_daemon):
    """A worker more, a worker less: the group of sockets grows and shrinks."""
    cores = len(os.sched_getaffinity(0))
    if cores < 2:
        pytest.skip("one core alone cannot be resized")
    for mode in ["reuseport", "reuseport-cpu", "exclusive"]:
        daemon = start_daemon("--accept-mode", mode, workers=1)
        load = wrk(daemon.url, seconds=9, connections=32, headers=["Connection: close"])
        try:
            eventually(lambda one=daemon: one.totals().get("requests", 0) > 0, "requests")
            for count in (2, 1, 2, 1):
                daemon.democtl("set-workers", count)
                before = daemon.totals()["requests"]
                eventually(lambda one=daemon, seen=before: one.totals()["requests"] > seen + 100, "requests to flow")
            load.wait().check()
        finally:
            load.kill()
        daemon.stop()


def test_listener_of_its_own_mode(start_daemon):
    daemon = start_daemon("--accept-mode", "shared", listen=("127.0.0.1:0", "127.0.0.1:0"), workers=WORKERS)
    bound = daemon.monitor.ListListeners().listeners
    daemon.democtl("accept-mode", "reuseport", "--listener", bound[1].listener.address)
    modes = [listener.accept_mode for listener in daemon.monitor.ListListeners().listeners]
    assert modes == [enum("AcceptMode").Value("ACCEPT_MODE_SHARED"), enum("AcceptMode").Value("ACCEPT_MODE_REUSEPORT")]
    for address in daemon.addresses():
        assert get(address).status == 200
