"""Backends whose names nobody resolves: what else goes on meanwhile, and at the end."""

import signal

import pytest
from preloads import preload
from raw_client import RawClient
from waiting import eventually

PRELOAD = preload("silent_names")
SILENT = ("silent-1.test:80", "silent-2.test:80")

pytestmark = pytest.mark.skipif(not PRELOAD.exists(), reason="needs a library that is not built here")


@pytest.fixture
def daemon(start_daemon):
    """A daemon two of whose backends have names that are looked up for ever."""
    return start_daemon("-k", "-x", *SILENT, environment={"LD_PRELOAD": str(PRELOAD)})


def resolved(daemon):
    """The backends that have addresses."""
    return {backend.backend.endpoint for backend in daemon.monitor.ListBackends().backends if backend.members}


def test_other_names_are_resolved_meanwhile(daemon):
    daemon.democtl("add-backend", "localhost:9")
    eventually(lambda: resolved(daemon) == {"localhost:9"}, "localhost to be resolved")
    daemon.democtl("remove-backend", "localhost:9")
    daemon.democtl("add-backend", "localhost:10")
    eventually(lambda: resolved(daemon) == {"localhost:10"}, "localhost to be resolved again")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_daemon_without_waiting_for_an_answer(daemon, number):
    daemon.signal(number)
    assert daemon.wait() == 0


def test_a_second_signal_ends_a_drain_at_once_all_the_same(daemon):
    with RawClient(daemon.address) as client:
        client.send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 2\r\n\r\n1")
        eventually(lambda: daemon.totals()["connections_open"] == 1, "the connection to be there")
        daemon.signal(signal.SIGTERM)
        eventually(lambda: "drain" in daemon.log().lower(), "the drain to be logged")
        daemon.signal(signal.SIGTERM)
        daemon.wait(10)  # far below the drain's own bound of 30 s, which the open request would use up
