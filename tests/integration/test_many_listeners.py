"""With as many listeners as there may be, no client notices changes and new supervisors (runs alone).

Clients at a fixed pace use some of the listeners all the while. Each row of the table that is printed is an
event.
"""

import os
import resource
import socket
from concurrent.futures import ThreadPoolExecutor

import proc_facts
import pytest
from control_api import enum
from managed_start import WORKERS
from ports import free_address
from upgrades import upgrade
from waiting import PATIENCE, eventually
from witness import Witness

MOST = 2000
# Sanitizers take their time with each; what is lost would be lost with fewer.
LISTENERS = 200 if os.environ.get("DEMO_SANITIZE") else MOST
WATCHED = LISTENERS // 10  # of so many one has clients all the while
# While a version follows another both have each socket twice.
DESCRIPTORS = 5 * WORKERS * LISTENERS
OTHERS = 15  # descriptors of a worker beside its listening sockets and connections, or some more
GET = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"


@pytest.fixture(autouse=True)
def room_for_descriptors():
    """The service manager that stands in for systemd is this process, which holds every socket."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < DESCRIPTORS:
        pytest.skip(f"{DESCRIPTORS} descriptors are needed, {before[1]} allowed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def some_addresses():
    port = free_address("127.2.0.1")[1]
    return [(f"127.2.{n // 200}.{n % 200 + 1}", port) for n in range(LISTENERS)]


def write(file, addresses):
    file.write_text("".join('[[listener]]\naddress = "%s:%d"\n' % address for address in addresses))
    return file


@pytest.fixture
def managed(managed):
    """Not started; .addresses are those of files named all.toml, .watched those of few.toml."""
    managed.addresses = some_addresses()
    managed.watched = managed.addresses[::WATCHED]
    write(managed.daemon.folder / "few.toml", managed.watched)
    write(managed.daemon.folder / "all.toml", managed.addresses)
    (managed.daemon.folder / "state").mkdir()
    return managed


def start(managed, name):
    folder = managed.daemon.folder
    options = ["-k", "--config", folder / name, "--state-dir", folder / "state"]
    managed.start(*options, listen=(), workers=WORKERS)


def apply(managed, name):
    done = managed.daemon.democtl("config", "apply-file", managed.daemon.folder / name, "--prefer", "file")
    assert "collision" not in done.stdout, done.stdout


def answers(address):
    with socket.create_connection(address, timeout=20 * PATIENCE) as client:
        client.sendall(GET)
        return client.recv(65536).startswith(b"HTTP/1.1 200")


def ask_all(managed):
    """One request to each listener, which must be answered and counted there."""

    def requests():
        rows = managed.daemon.monitor.GetStats().sample.listeners
        return {row.address: row.figures.requests for row in rows}

    before = requests()
    assert len(before) == LISTENERS
    with ThreadPoolExecutor(8) as clients:
        assert all(clients.map(answers, managed.addresses)), "a listener does not answer"
    counted = {name: count - before[name] for name, count in requests().items()}
    assert set(counted.values()) == {1}, "a listener counts the requests of another one"


def held(managed, listeners=LISTENERS):
    """What the service manager, the supervisor and its workers hold when everybody else has left."""

    def descriptors(pid):
        return len(proc_facts.open_descriptors(pid))

    def workers():
        """When none has sockets of another one, which it serves until that one is ready."""
        counts = [descriptors(worker.pid) for worker in managed.daemon.workers() if worker.state == ready]
        return len(counts) == WORKERS and max(counts) < listeners + OTHERS and counts

    ready = enum("WorkerState").Value("WORKER_STATE_READY")
    managed.wait_alone(WORKERS)
    return eventually(workers, "workers that serve"), managed.store.kinds(), descriptors(managed.daemon.pid)


def test_no_client_notices_a_restart_a_crash_and_an_upgrade(managed):
    start(managed, "all.toml")
    # What differs between a supervisor that was started and one that took over is there before.
    managed.restart()
    before = held(managed)
    assert before[1]["s"] == LISTENERS * WORKERS
    for event in (managed.restart, managed.crash, lambda: upgrade(managed.daemon)):
        witness = Witness(managed.daemon, managed.watched)
        event()
        witness.look()
        witness.finish(f"{LISTENERS} listeners")
        ask_all(managed)
    eventually(lambda: held(managed) == before, f"{before} to be all that is held")
    assert "does not take what a restart" not in managed.daemon.log()
    managed.stop()


def test_no_client_notices_that_others_are_added_and_removed(managed):
    start(managed, "few.toml")
    few = len(managed.watched)
    before = held(managed, few)
    witness = Witness(managed.daemon, managed.watched)
    apply(managed, "all.toml")
    assert len(managed.daemon.addresses()) == LISTENERS
    eventually(lambda: managed.store.kinds()["s"] == LISTENERS * WORKERS, "the sockets to be kept")
    managed.daemon.democtl("set-client-limits", "--max-connections", "10000")
    apply(managed, "few.toml")
    witness.finish(f"{LISTENERS - few} come and go")
    eventually(lambda: held(managed, few) == before, f"{before} to be all that is held")
    managed.stop()


@pytest.mark.skipif(LISTENERS < MOST, reason="sanitizers take too long for all of them")
def test_one_more_than_there_may_be_is_refused_with_the_number(start_daemon, tmp_path):
    file = write(tmp_path / "all.toml", some_addresses())
    daemon = start_daemon("--config", file, listen=(), workers=WORKERS)
    done = daemon.democtl("add-listener", "127.3.0.1:0", check=False)
    assert done.returncode != 0
    assert f"at most {MOST} listeners, not {MOST + 1}" in done.stderr
    assert not daemon.monitor.GetStatus().degraded
    for words in (["listeners"], ["stats"], ["config", "show"]):
        assert len(daemon.democtl_json(*words)["listeners"]) == MOST, words
