"""Nothing is lost when supervisors restart, crash and follow each other under a service manager (runs alone).

Clients connect at a fixed pace all the while; what they saw and what the statistics counted is one. Each row
of the table that is printed is an event.
"""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor, wait

import grpc
import proc_facts
import pytest
from control_api import enum
from held_backend import Held, waiting_clients
from lengths import repetitions
from managed_start import WORKERS, start_managed
from ports import free_address, text
from waiting import PATIENCE, eventually
from witness import Witness

MODES = ["shared", "exclusive", "reuseport", "reuseport-cpu"]
LONGER_THAN_A_DRAIN = 37  # seconds; a worker that took its supervisor's end for its own had left by then
WELL_OVER = 1.5  # seconds, in which a supervisor that waits for nobody has long left


def restart(managed, witness):
    managed.restart()
    witness.look()


def crash(managed, witness):
    managed.crash()
    witness.look()


def crashes_in_a_row(managed, witness):
    """Each of a supervisor that is about to take over, or has just done so; where is left to chance."""
    moments = random.Random(20261201)
    for _ in range(repetitions(50, 5)):
        managed.crash(wait=False)
        time.sleep(moments.random() * 0.5)
    managed.crash()
    witness.look()


def crash_in_a_change(managed, witness):
    begun = threading.Event()
    ends = []

    def change(control, address):
        try:
            while True:
                control.AddListener(listener={"address": address})
                control.RemoveListener(address=address)
                begun.set()
        except grpc.RpcError as error:
            ends.append(error.code())
        except ValueError:  # between two calls while the channel was closed
            ends.append(grpc.StatusCode.CANCELLED)

    for _ in range(repetitions(20, 3)):
        begun.clear()
        thread = threading.Thread(target=change, args=(managed.daemon.control, text(free_address())))
        thread.start()
        assert begun.wait(60 * PATIENCE), "no change was made"
        managed.crash()
        thread.join(60 * PATIENCE)
        assert ends.pop() in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED)
        witness.look()
    eventually(lambda: not managed.daemon.monitor.GetStatus().degraded, "everything to be good again")


def crash_with_a_worker(managed, witness):
    pid = managed.daemon.workers()[0].pid
    witness.stop_worker(pid)
    managed.crash(pid)
    witness.look()


def restart_and_crash(managed, witness):
    for _ in range(3):
        restart(managed, witness)
        crash(managed, witness)


EVENTS = [restart, crash, crashes_in_a_row, crash_in_a_change, crash_with_a_worker, restart_and_crash]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_client_notices(managed, event):
    addresses = start_managed(managed)
    witness = Witness(managed.daemon, addresses)
    event(managed, witness)
    witness.finish(event.__name__)
    managed.stop()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("event", [restart, crash], ids=lambda event: event.__name__)
def test_no_client_notices_in_any_accept_mode(managed, event, mode):
    addresses = start_managed(managed, "--accept-mode", mode)
    witness = Witness(managed.daemon, addresses)
    event(managed, witness)
    witness.finish(f"{event.__name__}, {mode}")
    managed.stop()


@pytest.mark.parametrize("mode", MODES)
def test_a_killed_worker_costs_its_own_clients_alone(managed, mode):
    addresses = start_managed(managed, "--accept-mode", mode)
    witness = Witness(managed.daemon, addresses)
    for worker in managed.daemon.workers():
        witness.stop_worker(worker.pid)
        os.kill(worker.pid, signal.SIGKILL)
        managed.daemon.wait_respawned(worker.worker, worker.pid)
        witness.flow()
        witness.look()
    witness.finish(f"each worker killed, {mode}")
    managed.stop()


def test_workers_serve_on_however_long_nobody_follows(managed):
    addresses = start_managed(managed)
    workers = managed.daemon.worker_pids()
    witness = Witness(managed.daemon, addresses)
    managed.die()
    time.sleep(LONGER_THAN_A_DRAIN)
    assert managed.processes() == sorted(workers)
    managed.start_again()
    witness.look()
    witness.finish("nobody for long")
    managed.stop()


def test_requests_outlive_three_restarts_and_are_finished_by_the_stop(managed, new_backend):
    script = Held()
    backend = new_backend(script)
    start_managed(managed, "-x", backend.text)
    # So many that every worker has one.
    with waiting_clients(managed.daemon, backend, 16) as clients, ThreadPoolExecutor(1) as beside:
        for _ in range(3):
            managed.restart()
        stopped = beside.submit(managed.stop)
        try:
            eventually(lambda: managed.store.stopping, "the stop to begin")
            wait([stopped], WELL_OVER)
            assert not stopped.done(), "it left while earlier workers had requests"
        finally:
            script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
        stopped.result(60 * PATIENCE)


def test_no_restart_leaves_anything_in_the_store(managed):
    start_managed(managed)
    ready = enum("WorkerState").Value("WORKER_STATE_READY")

    def held():
        """What the store and the supervisor hold once everybody who is to leave has left."""
        managed.wait_alone(WORKERS)
        eventually(lambda: {w.state for w in managed.daemon.workers()} == {ready}, "only workers that serve")
        return managed.store.kinds(), len(proc_facts.open_descriptors(managed.daemon.pid))

    managed.restart()
    first = held()
    assert first[0]["s"] == first[0]["c"] * 2 > 0  # a socket and address for each worker
    for _ in range(repetitions(100, 10)):
        managed.restart()
        eventually(lambda: held() == first, f"{first} to be all that is held")
    managed.stop()
