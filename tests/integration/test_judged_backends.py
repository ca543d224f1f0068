"""What workers know of backends goes on in those that take their place: ejections, slow starts."""

import contextlib
import json
import threading

import pytest
from lengths import repetitions
from managed_start import WORKERS
from ports import free_address, text
from raw_client import get
from scripted_backend import answer
from upgrades import start, upgrade
from waiting import eventually

REQUESTS = 100


def restart(daemon):
    daemon.democtl("restart-worker", "--all")


def ejections(daemon, endpoint):
    rows = json.loads(daemon.democtl("backends", "-o", "json").stdout)["backends"]
    (row,) = [row for row in rows if row["backend"]["endpoint"] == endpoint]
    return [one for member in row["members"] for one in member.get("ejections", [])]


def connect_errors(daemon, endpoint):
    """The same at both ends of an upgrade, where the totals are."""
    rows = daemon.monitor.GetStats().sample.backends
    return sum(row.figures.connect_errors for row in rows if row.address == endpoint)


class Counting:
    """A backend that answers everything, and counts."""

    def __init__(self):
        self.requests = 0

    def __call__(self, connection):
        while connection.read_request() is not None:
            self.requests += 1
            connection.send(answer())


@contextlib.contextmanager
def asking(address):
    """Somebody asks again and again meanwhile; the statuses."""
    statuses = []
    over = threading.Event()

    def ask():
        while not over.is_set():
            statuses.append(get(address).status)

    askers = [threading.Thread(target=ask) for _ in range(4)]
    for asker in askers:
        asker.start()
    try:
        yield statuses
    finally:
        over.set()
        for asker in askers:
            asker.join()


# More than a channel takes at once.
@pytest.mark.parametrize("count", [1, 500])
@pytest.mark.parametrize("succeed", [upgrade, restart])
def test_nobody_tries_those_who_are_ejected_while_processes_change(managed, new_backend, succeed, count):
    daemon = managed.daemon
    address, _ = start(managed, "-x", new_backend(Counting()).text)
    times = ("--eject-time", "1h", "--eject-max-time", "1h")
    daemon.democtl("set-pool", "default", "--eject-after", "1", *times)
    port = free_address()[1]
    for number in range(count):
        endpoint = f"127.9.{number // 250}.{number % 250 + 1}:{port}"
        daemon.control.AddBackend(backend={"endpoint": endpoint})

    def all_ejected():
        for _ in range(count // 10 + 1):
            get(address)
        health = json.loads(daemon.democtl("backends", "-o", "json").stdout)["backends"]
        held = [len(member.get("ejections", [])) for row in health for member in row["members"]]
        return sum(held) == WORKERS * count

    eventually(all_ejected, "every worker to eject all of them", seconds=60)
    errors = sum(row.figures.connect_errors for row in daemon.monitor.GetStats().sample.backends)
    with asking(address) as statuses:
        for _ in range(2):
            succeed(daemon)
    assert set(statuses) == {200}
    after = daemon.monitor.GetStats().sample.backends
    assert sum(row.figures.connect_errors for row in after) == errors, "nobody has tried them again"
    if count == 1:
        told = daemon.democtl("events", "--kind", "backend-ejected", "-o", "json").stdout
        assert told.count('"message"') == WORKERS, "each is told once"
    managed.stop()


@pytest.mark.parametrize("succeed", [upgrade, restart])
def test_who_is_ejected_stays_so(managed, new_backend, succeed):
    daemon, dead = managed.daemon, text(free_address())
    address, _ = start(managed, "-x", new_backend(Counting()).text)
    times = ("--eject-time", "1h", "--eject-max-time", "1h")
    daemon.democtl("set-pool", "default", "--eject-after", "1", *times)
    daemon.democtl("add-backend", dead)

    def all_ejected():
        assert get(address).status == 200
        return len(ejections(daemon, dead)) == WORKERS

    eventually(all_ejected, "every worker to eject it")
    before, errors = ejections(daemon, dead), connect_errors(daemon, dead)
    for _ in range(repetitions(5, 2)):
        succeed(daemon)
        eventually(lambda: len(ejections(daemon, dead)) == WORKERS, "every worker to hold it ejected")
        for _ in range(REQUESTS):
            assert get(address).status == 200
        assert connect_errors(daemon, dead) == errors, "nobody has tried it again"
    after = ejections(daemon, dead)
    assert [one["until"][:15] for one in after] == [one["until"][:15] for one in before]
    assert {(one["failures"], one["reason"]) for one in after} == {(1, "it refused connections")}
    managed.stop()


@pytest.mark.parametrize("succeed", [upgrade, restart])
def test_who_starts_slowly_goes_on(managed, new_backend, succeed):
    daemon, first, second = managed.daemon, Counting(), Counting()
    address, _ = start(managed, "-x", new_backend(first).text)
    daemon.democtl("set-pool", "default", "--slow-start", "24h")
    daemon.democtl("add-backend", new_backend(second).text)
    for _ in range(2):
        succeed(daemon)
        second.requests = 0
        for _ in range(REQUESTS):
            assert get(address).status == 200
        # A tenth of the weight of the other one.
        assert 0 < second.requests < REQUESTS / 5, second.requests
    managed.stop()
