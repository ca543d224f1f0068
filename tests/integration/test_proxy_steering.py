"""The proxy's settings changed with democtl while it forwards: drains, limits, backups, pools, slow start."""

import json
import os
import signal

import pytest
from held_backend import GET, Held, in_background, waiting_clients
from raw_client import RawClient, get
from scripted_backend import serve_always
from waiting import eventually

TIMED_OUT = 8


def figures(daemon):
    """What is counted of the first backend."""
    (backend,) = daemon.monitor.GetStats().sample.backends
    return backend.figures


def wait_applied(daemon, generation):
    """Waits until every worker applies this generation."""

    def applied():
        return daemon.monitor.GetStats().sample.total.generation >= generation

    eventually(applied, f"generation {generation} in every worker")


def drain_under_way(daemon, backend, held, clients, *command):
    """The outcome of a command that drains the only backend, whose requests are answered meanwhile."""
    with waiting_clients(daemon, backend, clients) as waiting:
        generation = daemon.monitor.GetStatus().generation
        drain = in_background(lambda: daemon.democtl(*command, check=False))
        wait_applied(daemon, generation + 1)
        assert get(daemon.address).status == 503
        held.release.set()
        assert [client.read_response().body for client in waiting] == [b"late"] * clients
    done = drain()
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_removal_with_drain_waits_for_what_is_in_flight(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text, workers=2)
    command = ["remove-backend", backend.text, "--drain", "30s", "--wait"]
    done = drain_under_way(daemon, backend, held, 3, *command)
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


@pytest.mark.parametrize(
    "command", [("remove-backend", "--drain", "30s"), ("set-backend", "--state", "drain")]
)
def test_drain_does_not_call_finished_what_died_with_a_worker(start_daemon, new_backend, command):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    verb, *options = command
    with waiting_clients(daemon, backend, 3):
        generation = daemon.monitor.GetStatus().generation
        drain = in_background(lambda: daemon.democtl(verb, backend.text, *options, "--wait", check=False))
        wait_applied(daemon, generation + 1)
        os.kill(daemon.worker_pids()[0], signal.SIGKILL)
        done = drain()
    held.release.set()
    assert done.returncode == TIMED_OUT, done.stdout + done.stderr
    assert "3 of 3 in flight were lost with their worker" in done.stdout


def test_drain_does_not_call_finished_what_another_removal_cut_off(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text, workers=2)
    command = ["remove-backend", backend.text, "--wait", "--drain"]
    with waiting_clients(daemon, backend, 3) as clients:
        generation = daemon.monitor.GetStatus().generation
        first = in_background(lambda: daemon.democtl(*command, "30s", check=False))
        wait_applied(daemon, generation + 1)
        second = daemon.democtl(*command, "1ms", check=False)
        outcomes = [second, first()]
        assert [client.read_response().status for client in clients] == [503] * 3
    held.release.set()
    for done in outcomes:
        assert done.returncode == TIMED_OUT, done.stdout + done.stderr
        assert "3 of 3 in flight were cut off" in done.stdout


def test_state_drain_empties_a_backend_and_ready_fills_it_again(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    drain_under_way(daemon, backend, held, 2, "set-backend", backend.text, "--state", "drain", "--wait")
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
    assert sample["backends"][0]["figures"]["head_timeouts"] == 1
    backend.script.release.set()


def test_backup_serves_while_nobody_else_can(start_daemon, new_backend):
    primary, backup = new_backend(serve_always(b"primary")), new_backend(serve_always(b"backup"))
    daemon = start_daemon("-x", primary.text)
    daemon.democtl("add-backend", backup.text, "--backup", "on")
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
