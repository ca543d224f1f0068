"""What is in flight when a version takes the place of another is finished, however long it takes."""

import os
import time

import pytest
from held_backend import Held, waiting_clients
from managed_start import WORKERS
from upgrades import start, upgrade

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
