"""The proxy's settings changed with democtl while it forwards: drains, limits, backups, pools, slow start."""

import contextlib
import json
import threading

from raw_client import RawClient, get
from scripted_backend import answer, serve_always
from waiting import eventually

GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"
TIMED_OUT = 8


class Held:
    """A script that answers when it is told to; every request waits for that."""

    def __init__(self):
        self.release = threading.Event()

    def __call__(self, connection):
        while connection.read_request() is not None:
            self.release.wait(60)
            connection.send(answer(b"late"))


@contextlib.contextmanager
def waiting_clients(daemon, backend, count):
    """Clients whose requests have all reached the backend."""
    before = backend.accepted
    clients = [RawClient(daemon.address) for _ in range(count)]
    try:
        for client in clients:
            client.send(GET)
        eventually(lambda: backend.accepted - before >= count, "the requests to arrive")
        yield clients
    finally:
        for client in clients:
            client.close()


def figures(daemon):
    """What is counted of the first backend."""
    (backend,) = daemon.monitor.GetStats().sample.backends
    return backend.figures


def wait_applied(daemon, generation):
    """Waits until every worker applies this generation."""

    def applied():
        return daemon.monitor.GetStats().sample.total.generation >= generation

    eventually(applied, f"generation {generation} in every worker")


def in_background(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()

    def result():
        thread.join(60)
        return results[0]

    return result


def test_removal_with_drain_waits_for_what_is_in_flight(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text, workers=2)
    with waiting_clients(daemon, backend, 3) as clients:
        generation = daemon.monitor.GetStatus().generation
        drain = in_background(
            lambda: daemon.democtl("remove-backend", backend.text, "--drain", "30s", "--wait", check=False)
        )
        wait_applied(daemon, generation + 1)
        assert get(daemon.address).status == 503
        held.release.set()
        assert [client.read_response().body for client in clients] == [b"late"] * 3
    done = drain()
    assert done.returncode == 0, done.stdout + done.stderr
    assert "all 3 in flight finished" in done.stdout


def test_removal_with_drain_says_with_its_exit_code_what_it_cut_off(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text, workers=2)
    with waiting_clients(daemon, backend, 3) as clients:
        done = daemon.democtl("remove-backend", backend.text, "--drain", "200ms", "--wait", check=False)
        responses = [client.read_response() for client in clients]
    held.release.set()
    assert done.returncode == TIMED_OUT, done.stdout + done.stderr
    assert "3 of 3 in flight were cut off" in done.stdout
    assert [(r.status, b"taken out of service" in r.body) for r in responses] == [(503, True)] * 3


def test_state_drain_empties_a_backend_and_ready_fills_it_again(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    with waiting_clients(daemon, backend, 2) as clients:
        generation = daemon.monitor.GetStatus().generation
        drain = in_background(
            lambda: daemon.democtl("set-backend", backend.text, "--state", "drain", "--wait", check=False)
        )
        wait_applied(daemon, generation + 1)
        assert get(daemon.address).status == 503
        held.release.set()
        assert [client.read_response().body for client in clients] == [b"late"] * 2
    done = drain()
    assert done.returncode == 0, done.stdout + done.stderr
    eventually(lambda: not backend.open_connections(), "idle connections to be closed")
    daemon.democtl("set-backend", backend.text, "--state", "ready")
    assert get(daemon.address).body == b"late"


def test_backend_keepalive_is_turned_off_and_on(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon("-x", backend.text)

    def connections_of_three_requests():
        before = backend.accepted
        for _ in range(3):
            assert get(daemon.address).body == b"backend\n"
        return backend.accepted - before

    assert connections_of_three_requests() == 1
    daemon.democtl("keepalive", "off", "--side", "backend")
    eventually(lambda: not backend.open_connections(), "the pooled connection to be closed")
    assert connections_of_three_requests() == 3
    daemon.democtl("keepalive", "on", "--side", "backend")
    assert connections_of_three_requests() == 1


def test_limit_queue_and_time_in_it_are_counted_by_cause(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    daemon.democtl("set-backend", backend.text, "--max-connections", "1")
    daemon.democtl("set-pool", "default", "--queue-limit", "1", "--queue-timeout", "1m")
    with waiting_clients(daemon, backend, 1) as (first,), RawClient(daemon.address) as second:
        second.send(GET)
        eventually(lambda: figures(daemon).queued == 1, "the second request to wait")
        turned_away = get(daemon.address)
        assert (turned_away.status, b"the queue is full" in turned_away.body) == (503, True)
        assert (figures(daemon).queue_full, figures(daemon).queue_timeouts) == (1, 0)
        daemon.democtl("set-pool", "default", "--queue-limit", "10", "--queue-timeout", "100ms")
        given_up = get(daemon.address)
        assert (given_up.status, b"waited too long" in given_up.body) == (503, True)
        assert (figures(daemon).queue_full, figures(daemon).queue_timeouts) == (1, 1)
        held.release.set()
        assert [client.read_response().body for client in (first, second)] == [b"late"] * 2
    assert backend.accepted == 1


def test_time_for_a_head_is_named_and_counted(start_daemon, new_backend):
    backend = new_backend(Held())
    daemon = start_daemon("-x", backend.text)
    daemon.democtl("set-pool", "default", "--head-timeout", "100ms")
    late = get(daemon.address)
    assert (late.status, b"head timed out" in late.body) == (504, True)
    sample = json.loads(daemon.democtl("stats", "-o", "json").stdout)
    assert sample["backends"][0]["figures"]["head_timeouts"] == "1"
    backend.script.release.set()


def test_backup_serves_while_nobody_else_can(start_daemon, new_backend):
    primary, backup = new_backend(serve_always(b"primary")), new_backend(serve_always(b"backup"))
    daemon = start_daemon("-x", primary.text)
    daemon.democtl("add-backend", backup.text, "--backup")
    assert {get(daemon.address).body for _ in range(6)} == {b"primary"}
    daemon.democtl("set-backend", primary.text, "--state", "maintenance")
    assert {get(daemon.address).body for _ in range(6)} == {b"backup"}
    daemon.democtl("set-backend", primary.text, "--state", "ready")
    assert {get(daemon.address).body for _ in range(6)} == {b"primary"}


def test_backend_that_came_up_starts_slowly(start_daemon, new_backend):
    warm, cold = new_backend(serve_always(b"warm")), new_backend(serve_always(b"cold"))
    daemon = start_daemon("-x", warm.text, cold.text)
    daemon.democtl("set-backend", cold.text, "--state", "maintenance")
    daemon.democtl("set-pool", "default", "--slow-start", "1h")
    daemon.democtl("set-backend", cold.text, "--state", "ready")
    # A tenth of its weight at first.
    assert [get(daemon.address).body for _ in range(110)].count(b"cold") == 10
    added = new_backend(serve_always(b"added"))
    daemon.democtl("add-backend", added.text)
    assert [get(daemon.address).body for _ in range(120)].count(b"added") == 10
