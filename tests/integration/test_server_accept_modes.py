"""Every accept mode and every change of it under load (runs alone): nothing refused, reset or unanswered."""

import contextlib
import itertools
import os
import signal
import threading

import pytest
from control_api import enum
from load import ab, requests_flow, wrk
from ports import free_address, text
from raw_client import RawClient, get
from waiting import PATIENCE, eventually

CORES = sorted(os.sched_getaffinity(0))
WORKERS = min(2, len(CORES))
MODES = ["shared", "exclusive", "reuseport", "reuseport-cpu"]
# Every change from one mode to another.
WALK = (
    ["shared", "exclusive", "reuseport", "reuseport-cpu", "shared", "reuseport", "exclusive"]
    + ["reuseport-cpu", "reuseport", "shared", "reuseport-cpu", "exclusive", "shared"]
)
CLOSING = ["Connection: close"]
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
LONG_ENOUGH = int(120 * PATIENCE)  # wrk is ended when the test has seen what it wanted


def mode_number(mode):
    return enum("AcceptMode").Value("ACCEPT_MODE_" + mode.upper().replace("-", "_"))


@contextlib.contextmanager
def zero_errors(daemon, url=None, headers=()):
    """wrk runs throughout and has not had a single error in the end."""
    load = wrk(url or daemon.url, seconds=LONG_ENOUGH, connections=32, headers=headers)
    try:
        requests_flow(daemon)
        yield
        load.finish().check()
    finally:
        load.kill()


def switch(daemon, mode, listener=None):
    """Switches as an operator does, and sees it in force while requests flow."""
    done = daemon.democtl("accept-mode", mode, *(["--listener", listener] if listener else []))
    assert f"{WORKERS}/{WORKERS} workers" in done.stdout, done.stdout
    modes = {one.bound_address: one.accept_mode for one in daemon.monitor.ListListeners().listeners}
    assert modes[listener or text(daemon.address)] == mode_number(mode)
    requests_flow(daemon)


def test_the_walk_covers_every_change():
    assert set(itertools.pairwise(WALK)) == set(itertools.permutations(MODES, 2))


@pytest.mark.parametrize("headers", [(), CLOSING], ids=["persistent", "short"])
def test_every_change_of_mode_under_load(start_daemon, headers):
    daemon = start_daemon("-k", workers=WORKERS)
    with zero_errors(daemon, headers=headers):
        for mode in WALK:
            switch(daemon, mode)


def test_every_change_of_one_listeners_mode_under_load(start_daemon):
    """The other listener follows the daemon throughout."""
    daemon = start_daemon("--accept-mode", "shared", workers=WORKERS)
    address = free_address()
    daemon.democtl("add-listener", text(address))
    with zero_errors(daemon, f"http://{text(address)}/", CLOSING):
        for mode in WALK:
            switch(daemon, mode, text(address))
            assert daemon.monitor.ListListeners().listeners[0].accept_mode == mode_number("shared")
            assert get(daemon.address).status == 200
        daemon.democtl("accept-mode", "default", "--listener", text(address))
        modes = {one.accept_mode for one in daemon.monitor.ListListeners().listeners}
        assert modes == {mode_number("shared")}


@pytest.mark.parametrize("mode", MODES)
def test_each_mode_serves(start_daemon, mode):
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
            assert client.send(GET).read_response().status == 200
            daemon.democtl("accept-mode", mode)
        assert client.send(GET).read_response().status == 200


needs_two_cores = pytest.mark.skipif(len(CORES) < 2, reason="one core alone has nothing to choose")


@needs_two_cores
@pytest.mark.parametrize("mode", MODES)
def test_resize_under_load_loses_nothing(start_daemon, mode):
    """A worker more, a worker less: the group of sockets grows and shrinks."""
    daemon = start_daemon("--accept-mode", mode, workers=1)
    with zero_errors(daemon, headers=CLOSING):
        for count in (2, 1, 2, 1):
            daemon.democtl("set-workers", count)
            requests_flow(daemon)


@needs_two_cores
@pytest.mark.parametrize("mode", MODES)
def test_rolling_restart_under_load_loses_nothing(start_daemon, mode):
    daemon = start_daemon("--accept-mode", mode, workers=2)
    before = daemon.worker_pids()
    with zero_errors(daemon, headers=CLOSING):
        daemon.democtl("restart-worker", "--all", timeout=120)
        requests_flow(daemon)
    assert not set(before) & set(daemon.worker_pids())


@pytest.mark.parametrize("mode", MODES)
def test_no_connection_is_refused_while_a_worker_dies(start_daemon, mode):
    """A dead worker takes along the connections that it had accepted; every new one is accepted."""
    daemon = start_daemon("--accept-mode", mode, workers=WORKERS)
    address = daemon.address
    clients = [ShortConnections(address) for _ in range(8)]
    kills = 0
    try:
        for index in [0, WORKERS - 1, 0]:
            requests_flow(daemon)
            pid = daemon.workers()[index].pid
            os.kill(pid, signal.SIGKILL)
            kills += 1
            daemon.wait_respawned(index, pid)
        requests_flow(daemon)
    finally:
        for client in clients:
            client.finish()
    assert sum(client.refused for client in clients) == 0
    assert all(client.lost <= kills for client in clients), "more than what the dead worker had accepted"
    assert all(client.answered > 0 for client in clients)


class ShortConnections(threading.Thread):
    """One request a connection, one after the other, until told to finish."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.answered = self.refused = self.lost = 0
        self._finishing = threading.Event()
        self.start()

    def finish(self):
        self._finishing.set()
        self.join()

    def run(self):
        while not self._finishing.is_set():
            try:
                client = RawClient(self.address)
            except OSError:
                self.refused += 1
                continue
            with client:
                try:
                    client.send(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
                    self.answered += client.read_response().status == 200
                except (OSError, EOFError):
                    self.lost += 1


@contextlib.contextmanager
def on_core(core):
    """Packets over loopback are taken by the core that sent them."""
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, CORES)


def takers(daemon, core, connections=40):
    """The cores of the workers that new connections from this core reach.

    Figures can be compared only while the workers are the same: an AssertionError says that one came or went.
    """

    def accepted():
        workers = daemon.monitor.GetStats().sample.workers
        return {worker.core: worker.figures.connections_accepted for worker in workers}

    before = accepted()
    with on_core(core):
        for _ in range(connections):
            assert get(daemon.address).status == 200
    now = accepted()
    assert now.keys() == before.keys(), "a worker came or went meanwhile"
    assert sum(now.values()) - sum(before.values()) == connections
    return {one for one in now if now[one] > before[one]}


def check_each_core_has_its_worker(daemon):
    for core in CORES[:2]:
        # A worker that has just begun shares its queue with a neighbour until it is ready.
        eventually(lambda own=core: takers(daemon, own) == {own}, f"core {core} to reach its own worker")


@needs_two_cores
def test_each_core_reaches_its_own_worker_whatever_happened_before(start_daemon):
    """The map from socket to worker holds after a death, a restart, a resize and a switch of the mode."""
    daemon = start_daemon("--accept-mode", "reuseport-cpu", workers=2)
    check_each_core_has_its_worker(daemon)
    for index in (0, 1):
        pid = daemon.workers()[index].pid
        os.kill(pid, signal.SIGKILL)
        daemon.wait_respawned(index, pid)
        check_each_core_has_its_worker(daemon)
    daemon.democtl("restart-worker", "0")
    check_each_core_has_its_worker(daemon)
    daemon.democtl("set-workers", "1")
    for core in CORES[:2]:
        eventually(lambda one=core: takers(daemon, one) == {CORES[0]}, f"{core} to reach the only worker")
    daemon.democtl("set-workers", "2")
    check_each_core_has_its_worker(daemon)
    for mode in ("shared", "reuseport-cpu", "reuseport", "reuseport-cpu"):
        daemon.democtl("accept-mode", mode)
    check_each_core_has_its_worker(daemon)


@needs_two_cores
def test_status_tells_when_one_core_gets_everything(start_daemon):
    """One client on loopback, the wrong choice for reuseport-cpu; the other mode takes the warning back."""
    daemon = start_daemon("--accept-mode", "reuseport-cpu", workers=2)

    def warning():
        with on_core(CORES[1]):
            ab(daemon.url, requests=500, concurrency=10).wait().check()
        return "accept mode reuseport spreads them" in daemon.democtl("status", check=False).stdout

    eventually(warning, "the warning in status", seconds=40)
    daemon.democtl("accept-mode", "reuseport")
    eventually(lambda: not daemon.monitor.GetStatus().problems, "the warning to go")
