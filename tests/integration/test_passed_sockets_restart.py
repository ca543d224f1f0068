"""Sockets that a socket unit passes outlive supervisors as others do (runs alone)."""

import os

import proc_facts
import pytest
from held_backend import Held, waiting_clients
from lengths import repetitions
from managed_start import WORKERS
from ports import free_address, text
from socket_unit import sockets_of, start, takes_nobody
from upgrades import upgrade
from waiting import eventually
from witness import Witness


def restart(managed):
    managed.restart()


def crash(managed):
    managed.crash()


def upgrade_it(managed):
    upgrade(managed.daemon)


def one_after_the_other(managed):
    for _ in range(repetitions(10, 2)):
        upgrade_it(managed)
        restart(managed)
        crash(managed)
        upgrade_it(managed)


EVENTS = [restart, crash, upgrade_it, one_after_the_other]


def holdings(managed, unit):
    """What the store and the supervisor have once those who are to leave have left."""
    managed.wait_alone(WORKERS)
    eventually(lambda: managed.store.kinds()["p"] == WORKERS, "the store to forget who has left")
    pid = managed.daemon.pid
    return (
        managed.store.kinds(),
        len(proc_facts.open_descriptors(pid)),
        [sockets_of(pid, made) for made in unit.sockets],
    )


@pytest.mark.parametrize("count", sorted({1, WORKERS}))
@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_client_notices_and_nothing_is_held_twice(managed, unit, event, count):
    address, idle = unit.listen(count), unit.listen()
    daemon = start(managed, unit, listen=[text(address)])
    event(managed)
    first = holdings(managed, unit)
    assert first[2] == [1] * (count + 1)
    witness = Witness(daemon, [address])
    event(managed)
    witness.look()
    witness.finish(f"{event.__name__}, {count} passed")
    eventually(lambda: holdings(managed, unit) == first, f"{first} to be all that is held")
    assert takes_nobody(idle)
    daemon.democtl("add-listener", text(idle))
    assert sockets_of(daemon.pid, unit.sockets[-1]) == 1
    managed.stop()


def test_a_request_outlives_its_supervisor_and_the_removal_of_its_listener(managed, unit, new_backend):
    address = unit.listen()
    script = Held()
    backend = new_backend(script)
    daemon = start(managed, unit, "-x", backend.text, listen=[text(address), text(free_address())])
    with waiting_clients(daemon, backend, 4) as clients:
        restart(managed)
        daemon.democtl("remove-listener", text(address))
        upgrade_it(managed)
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    assert takes_nobody(address)
    managed.stop()


def test_a_unit_that_passes_no_more_leaves_a_served_socket_and_takes_the_others(managed, unit):
    address, idle = unit.listen(), unit.listen()
    daemon = start(managed, unit, listen=[text(address)])
    served = os.fstat(unit.sockets[0].fileno()).st_ino
    witness = Witness(daemon, [address])
    managed.passed = []
    unit.close()
    restart(managed)
    witness.look()
    witness.finish("unit stopped")
    held = f"/proc/{daemon.pid}/fd"
    links = [os.readlink(f"{held}/{number}") for number in os.listdir(held)]
    assert links.count(f"socket:[{served}]") == 1
    # Nobody holds it any more: it can be had by anyone.
    daemon.democtl("add-listener", text(idle))
    assert not daemon.monitor.GetStatus().degraded
    managed.stop()
