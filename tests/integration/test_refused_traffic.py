"""What is refused for a limit or a loop is told by the status, and by an event and log line at either end."""

import contextlib
import socket

import pytest
from control_api import enum
from held_backend import GET, Held
from ports import free_address, text
from raw_client import RawClient, get
from waiting import eventually


def problems(daemon):
    status = daemon.monitor.GetStatus()
    assert status.degraded == bool(status.problems), status
    return list(status.problems)


def told(daemon, subject):
    """Of the subject, from the events, which say the same as the log."""
    lines = [line for line in daemon.democtl("events").stdout.splitlines() if subject in line]
    return [line for line in lines if "max-connections" in line or "508" in line or "over: " in line]


def expect_end(daemon, subject):
    eventually(lambda: not problems(daemon), "the status to be good")
    first, last = told(daemon, subject)
    assert "over: " in last and "over: " not in first
    assert daemon.log().count("over: nothing more") == 1
    assert daemon.monitor.GetStatus().degraded is False


@pytest.mark.parametrize("mode", ["PROXY", "TCP"])
@pytest.mark.parametrize("kind", ["full", "time-out"])
def test_requests_refused_at_max_connections_of_a_backend_are_told(start_daemon, new_backend, mode, kind):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon()
    daemon.control.AddBackend(backend={"endpoint": backend.text, "max_connections": 1})
    limits = {"queue_limit": 0} if kind == "full" else {"queue_limit": 8}
    timeouts = {"queue": {"nanos": 50_000_000}}
    daemon.control.UpdatePool(pool={"name": "default", "timeouts": timeouts, **limits})
    address = text(free_address())
    daemon.control.AddListener(
        listener={"address": address, "mode": enum("ListenerMode").Value(f"LISTENER_MODE_{mode}")}
    )
    host, port = address.split(":")
    with contextlib.ExitStack() as stack:
        first = stack.enter_context(RawClient((host, int(port))))
        first.send(GET)
        eventually(lambda: backend.accepted == 1, "the first request to arrive")
        for _ in range(4):
            # In mode tcp it is reset, as soon as it is accepted.
            with contextlib.suppress(ConnectionError), RawClient((host, int(port))) as client:
                client.send(GET)
                if mode == "PROXY":
                    assert client.read_response().status == 503
                else:
                    assert client.at_end()
        eventually(lambda: problems(daemon), "the status to tell of it")
        eventually(lambda: "refused 4 requests" in problems(daemon)[0], "the status to count all")
        (problem,) = problems(daemon)
        assert 'pool "default"' in problem and f"{backend.text} is at its max-connections" in problem
        assert ("queue full" if kind == "full" else "queue time-out of 50 ms") in problem
        (shown,) = daemon.monitor.ListBackends().backends
        assert (shown.health, shown.usable) == ("full (4 requests refused in 10 s)", True)
        assert shown.members[0].health == shown.health
        assert "full (4" in daemon.democtl("backends").stdout
        assert len(told(daemon, "pool default")) == 1
        held.release.set()
    expect_end(daemon, "pool default")
    assert daemon.monitor.ListBackends().backends[0].health == "unchecked"


@pytest.mark.parametrize("workers", [1, 2])
def test_connections_that_wait_at_the_limit_of_clients_are_told(start_daemon, workers):
    daemon = start_daemon("-k", workers=workers)
    daemon.control.SetClientLimits(max_connections=2)
    with contextlib.ExitStack() as stack:
        clients = [stack.enter_context(RawClient(daemon.address)) for _ in range(2)]
        for client in clients:
            client.send(GET)
            assert client.read_response().status == 200
        assert not problems(daemon), "the limit alone refuses nobody"
        late = stack.enter_context(socket.create_connection(daemon.address))
        eventually(lambda: problems(daemon), "the status to tell of it")
        (problem,) = problems(daemon)
        assert "limit of 2 client connections" in problem and "--max-connections" in problem
        late.close()
    expect_end(daemon, "clients")


def test_request_that_comes_back_is_told_by_the_daemon_that_ends_it(start_daemon):
    there, back = start_daemon(listen=(text(free_address()),)), start_daemon()
    there.control.AddBackend(backend={"endpoint": text(back.address)})
    back.control.AddBackend(backend={"endpoint": text(there.address)})
    for _ in range(3):
        assert get(there.address).status == 508
    eventually(lambda: problems(there), "the status to tell of it")
    eventually(lambda: "508 to 3 requests" in problems(there)[0], "the status to count all")
    (problem,) = problems(there)
    assert text(there.address) in problem and 'pool "default"' in problem
    assert not problems(back)
    expect_end(there, f"listener {text(there.address)}")
