"""Clients that leave are counted apart and are no errors, whatever the listener's mode."""

import json
import socket
import struct

import pytest
from load import wrk
from ports import free_address, text
from waiting import eventually

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
RESET = struct.pack("ii", 1, 0)


@pytest.fixture
def daemon_of(start_daemon):
    """A daemon whose listener has the mode; those that forward do so to another daemon."""

    def start(mode):
        backend = ("-x", text(start_daemon("-k").address)) if mode in ("proxy", "tcp") else ()
        address = text(free_address())
        daemon = start_daemon("-k", *backend, listen=(address,))
        daemon.democtl("set-listener", address, "--mode", mode)
        return daemon

    return start


def total_row(daemon):
    """The row of the totals as democtl shows it."""
    rows = json.loads(daemon.democtl("stats", "--fields", "kind,open,errors,aborts", "-o", "json").stdout)
    return next(row for row in rows if row["kind"] == "total")


@pytest.mark.parametrize("mode", ["server", "raw", "proxy", "tcp"])
def test_load_generator_that_stops_leaves_no_errors(daemon_of, mode):
    daemon = daemon_of(mode)
    load = wrk(daemon.url, seconds=300, connections=64)
    eventually(lambda: total_row(daemon)["open"] == 64, "all connections")
    eventually(lambda: daemon.totals().get("bytes_out", 0) > 1_000_000, "responses to flow")
    load.finish().check()
    eventually(lambda: total_row(daemon)["open"] == 0, "its connections to end")
    assert total_row(daemon)["errors"] == 0


@pytest.mark.parametrize("mode", ["server", "raw", "proxy", "tcp"])
def test_resets_are_shown_as_aborts(daemon_of, mode):
    daemon = daemon_of(mode)
    clients = [socket.create_connection(daemon.address) for _ in range(10)]
    for client in clients:
        client.sendall(GET)
        assert client.recv(100)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        client.close()
    eventually(lambda: total_row(daemon)["aborts"] == len(clients), "all to be counted")
    assert total_row(daemon)["errors"] == 0
    place = "aborts_receiving" if mode == "tcp" else "aborts_idle"
    assert daemon.totals()[place] == len(clients)
