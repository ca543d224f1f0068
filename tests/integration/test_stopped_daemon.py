"""A daemon that is stopped as a whole and goes on punishes nobody for the time in which it did not watch."""

import contextlib
import os
import signal
import threading
import time

from held_backend import GET, Held
from raw_client import RawClient
from scripted_backend import answer
from stand_still import stand_still
from waiting import eventually

# Enough for what a slow machine does before the stop and after it.
TIME_OUT = "12s"
# Longer than the time-outs here, and than what counts as a stop.
STOPPED_SECONDS = 14


@contextlib.contextmanager
def stopped(daemon):
    """What is done within happens while no process of the daemon runs, for that long at least."""
    processes = [daemon.pid, *daemon.worker_pids()]
    end = time.monotonic() + STOPPED_SECONDS
    try:
        stand_still(*processes)
        yield
        # Time that passes is what it is about.
        threading.Event().wait(max(0, end - time.monotonic()))
    finally:
        for pid in processes:
            os.kill(pid, signal.SIGCONT)


def test_what_clients_sent_meanwhile_is_in_time(start_daemon):
    daemon = start_daemon("-k")
    daemon.democtl("set-client-limits", "--head-timeout", TIME_OUT, "--body-timeout", TIME_OUT)
    daemon.democtl("keepalive", "on", "--idle-timeout", TIME_OUT)
    with (
        RawClient(daemon.address) as head,
        RawClient(daemon.address) as body,
        RawClient(daemon.address) as idle,
    ):
        idle.send(GET)
        assert idle.read_response().status == 200
        head.send(GET[:20])
        body.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 4\r\n\r\nab")
        eventually(lambda: daemon.totals().get("connections_open") == 3, "the clients to be there")
        with stopped(daemon):
            head.send(GET[20:])
            body.send("cd")
            idle.send(GET)
        for client in (head, body, idle):
            assert client.read_response().status == 200


def test_who_sent_nothing_meanwhile_has_its_time(start_daemon):
    """The time that is left counts from when the daemon goes on."""
    daemon = start_daemon("-k")
    daemon.democtl("set-client-limits", "--head-timeout", TIME_OUT)
    with RawClient(daemon.address) as client:
        client.send(GET[:20])
        eventually(lambda: daemon.totals().get("connections_open") == 1, "the client to be there")
        with stopped(daemon):
            pass
        client.send(GET[20:])
        assert client.read_response().status == 200


def test_what_a_backend_answered_meanwhile_is_in_time(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    daemon.democtl("set-pool", "default", "--head-timeout", TIME_OUT)
    with RawClient(daemon.address) as client:
        client.send(GET)
        eventually(lambda: backend.accepted == 1, "the request to arrive")
        with stopped(daemon):
            held.release.set()
        assert client.read_response().status == 200
    assert daemon.totals().get("timeouts", 0) == 0


def test_a_drain_has_its_time(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    with RawClient(daemon.address) as client:
        client.send(GET)
        eventually(lambda: backend.accepted == 1, "the request to arrive")
        daemon.democtl("remove-backend", backend.text, "--drain", TIME_OUT)
        with stopped(daemon):
            pass
        # It has looked at the drain by then, which it does ten times a second.
        daemon.democtl("backends")
        held.release.set()
        assert client.read_response().status == 200
    eventually(lambda: "removed" in daemon.democtl("events").stdout, "the end of the drain")
    assert "drained and removed" in daemon.democtl("events").stdout


def test_a_health_check_that_was_answered_meanwhile_is_no_failure(start_daemon, new_backend):
    asked, release = threading.Event(), threading.Event()

    def script(connection):
        if connection.read_request() is None:
            return
        asked.set()
        release.wait(60)
        connection.send(answer())

    backend = new_backend(script)
    daemon = start_daemon("-x", backend.text)
    daemon.democtl(
        *("set-pool", "default", "--health", "http", "--health-fall", "1"),
        *("--health-interval", "5s", "--health-timeout", TIME_OUT),
    )
    assert asked.wait(60)
    with stopped(daemon):
        release.set()
    eventually(lambda: backend.accepted >= 2, "the next check")
    assert "is down" not in daemon.log()
