"""What is in flight when a version takes the place of another is finished, however long it takes."""

import os
import time

import pytest
from held_backend import Held, in_background, waiting_clients
from managed_start import WORKERS
from upgrades import start, upgrade
from waiting import eventually

LONGER_THAN_A_DRAIN = 37  # seconds


def test_requests_of_any_length_outlive_upgrades(managed, new_backend):
    script = Held()
    backend = new_backend(script)
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 16) as clients:
        for _ in range(3):
            upgrade(managed.daemon)
        if not os.environ.get("DEMO_SANITIZE"):
            time.sleep(LONGER_THAN_A_DRAIN)
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    managed.wait_alone(WORKERS)
    managed.stop()


def test_a_stop_waits_for_none_of_them_for_longer_than_for_others(managed, new_backend):
    backend = new_backend(Held())
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 2):
        upgrade(managed.daemon)
        managed.stop()


def begin_drain(daemon, change):
    """What democtl says that waits for the end of the drain, once it has ended; the drain has begun."""
    waiting = in_background(lambda: daemon.democtl(*change, check=False))
    eventually(lambda: "drains for up to" in daemon.democtl("events").stdout, "the drain to begin")
    return waiting


@pytest.mark.parametrize(
    "change", ["remove-backend ? --drain 40s --wait", "set-backend ? --state drain --wait"]
)
def test_who_waits_for_a_drain_waits_over_the_end_of_the_version_that_began_it(managed, new_backend, change):
    script = Held()
    backend = new_backend(script)
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 2) as clients:
        waiting = begin_drain(managed.daemon, change.replace("?", backend.text).split())
        upgrade(managed.daemon)
        upgrade(managed.daemon)
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    ended = waiting()
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "drained: all 2 in flight finished" in ended.stdout
    managed.stop()


def test_who_waits_for_a_removal_is_told_that_a_restart_ends_it(managed, new_backend):
    script = Held()
    backend = new_backend(script)
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 2) as clients:
        waiting = begin_drain(managed.daemon, ["remove-backend", backend.text, "--drain", "40s", "--wait"])
        managed.restart()
        ended = waiting()
        assert ended.returncode == 6 and "the daemon is stopping" in ended.stderr
        assert "not removed: the daemon ends before, and has it again when it starts" in managed.daemon.log()
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    managed.stop()


@pytest.mark.parametrize("way", ["restart", "crash"])
def test_the_end_of_the_new_version_cuts_none_of_them(managed, new_backend, way):
    script = Held()
    backend = new_backend(script)
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 6) as clients:
        upgrade(managed.daemon)
        getattr(managed, way)()
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    managed.wait_alone(WORKERS)
    managed.stop()
