"""A name with addresses of both families of which one is silent (RFC 8305): no request waits for it."""

import socket
from contextlib import closing

import pytest
from preloads import preload
from raw_client import get
from scripted_backend import ScriptedBackend, serve_always
from waiting import eventually

PRELOAD = preload("two_families")
NAME = "two-families.test"
# Nobody waits for that: whatever is answered was not waited for.
CONNECT_TIMEOUT = "1h"


def has_ipv6():
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


pytestmark = [
    pytest.mark.skipif(not PRELOAD.exists(), reason="needs a library that is not built here"),
    pytest.mark.skipif(not has_ipv6(), reason="needs an IPv6 loopback"),
]


class SilentPort:
    """A port of ::1 whose queue is full: nobody answers a connect to it, nobody refuses it."""

    def __init__(self, port):
        self.listener = socket.socket(socket.AF_INET6)
        self.listener.bind(("::1", port))
        self.listener.listen(0)
        self.fillers = [socket.socket(socket.AF_INET6) for _ in range(8)]
        for filler in self.fillers:
            filler.setblocking(False)
            filler.connect_ex(("::1", port))

    def close(self):
        for one in (*self.fillers, self.listener):
            one.close()


@pytest.fixture
def daemon(start_daemon):
    """A daemon whose one backend answers on 127.0.0.1 and is silent on ::1, at the same port."""
    with closing(ScriptedBackend(serve_always(extra="Connection: close\r\n"))) as backend:
        silent = SilentPort(backend.address[1])
        daemon = start_daemon(environment={"LD_PRELOAD": str(PRELOAD)})
        daemon.democtl("add-pool", "two", "--connect-timeout", CONNECT_TIMEOUT)
        daemon.democtl("add-backend", f"{NAME}:{backend.address[1]}", "--pool", "two")
        daemon.democtl("set-listener", "127.0.0.1:0", "--mode", "proxy", "--pool", "two")
        eventually(lambda: len(members(daemon)) == 2, "both addresses")
        yield daemon
        silent.close()


def members(daemon):
    """Figures of the backend's addresses: {address: figures}."""
    rows = daemon.monitor.GetStats().sample.backends
    return {row.address.rsplit(":", 1)[0]: row.figures for row in rows}


def test_a_silent_family_costs_no_connect_time_out(daemon):
    for _ in range(6):
        assert get(daemon.address).status == 200
    figures = members(daemon)
    silent, other = figures["[::1]"], figures["127.0.0.1"]
    assert silent.connects == 1, "it is tried once, and what came of it remembered"
    assert other.connects == 6
    assert [silent.connect_errors, silent.connect_timeouts, silent.ejections] == [0, 0, 0]


def test_the_race_is_told_at_level_debug(daemon):
    daemon.democtl("debug", "on")
    for _ in range(2):
        assert get(daemon.address).status == 200
    assert "has not answered, goes on with two-families.test:" in daemon.log()
