"""Listening sockets take descriptors from connections, and are refused where that leaves none."""

import json
import os
import re
import resource
import signal
import socket

from own_user import OWN_USER
from proc_facts import children
from waiting import PATIENCE, eventually

LIMIT = 512
ROOM = 248  # for connections beside 100 listening sockets
GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def addresses(count):
    return [f"127.1.0.{number + 1}:0" for number in range(count)]


def limit_descriptors(daemon):
    for pid in [daemon.pid, *children(daemon.pid)]:
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))


def apply_listeners(daemon, count):
    state = daemon.democtl_json("config", "show")
    [first] = state["listeners"]
    state["listeners"] = [{**first, "address": address} for address in addresses(count)]
    file = daemon.folder / "state.json"
    file.write_text(json.dumps(state))
    return daemon.democtl("config", "apply", file, "--yes", check=False)


def test_listeners_beyond_the_limit_are_refused_with_the_number_that_fits(start_daemon):
    daemon = start_daemon(*OWN_USER, listen=addresses(1), workers=2)
    limit_descriptors(daemon)
    refused = apply_listeners(daemon, 240)
    assert refused.returncode != 0
    said = re.search(r"the supervisor may open \d+ descriptors, enough for (\d+)", refused.stderr)
    assert said, refused.stderr
    assert len(daemon.addresses()) == 1
    applied = apply_listeners(daemon, int(said.group(1)))
    assert applied.returncode == 0, applied.stderr
    for address in daemon.addresses():
        with socket.create_connection(address, timeout=10 * PATIENCE) as client:
            client.sendall(GET)
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
    assert not daemon.democtl_json("status").get("degraded", False)


def is_open(client):
    client.setblocking(False)
    try:
        return client.recv(4096) != b""
    except BlockingIOError:
        return True
    except ConnectionError:
        return False


def test_full_workers_have_room_for_changes_and_for_the_death_of_another(start_daemon):
    daemon = start_daemon(*OWN_USER, listen=addresses(100), workers=2)
    limit_descriptors(daemon)
    daemon.democtl("keepalive", "on")
    served = daemon.addresses()
    clients = []
    for number in range(800):
        client = socket.create_connection(served[number % len(served)], timeout=10 * PATIENCE)
        client.sendall(GET)
        clients.append(client)
    eventually(
        lambda: daemon.totals().get("connections_open") == 2 * ROOM,
        "both workers to be full",
    )
    assert daemon.totals().get("accept_errors", 0) == 0, "they stop before descriptors run out"
    daemon.democtl("keepalive", "on", "--idle-timeout", "59s")
    assert not daemon.democtl_json("status").get("degraded", False)
    victim, other = daemon.worker_pids()
    os.kill(victim, signal.SIGKILL)
    daemon.wait_respawned(0, victim)
    assert daemon.worker_pids()[1] == other
    opened = daemon.workers()[1]
    assert opened.respawns == 0
    assert "has no room" not in daemon.log(), daemon.log()
    assert sum(is_open(client) for client in clients) >= ROOM, "what the other worker had is kept"
    for client in clients:
        client.close()


def test_accept_mode_changes_where_copies_of_the_sockets_would_not_fit(start_daemon):
    daemon = start_daemon(*OWN_USER, listen=addresses(100), workers=2)
    limit_descriptors(daemon)
    for mode in ("shared", "exclusive", "reuseport"):
        daemon.democtl("accept-mode", mode)
        assert not daemon.democtl_json("status").get("degraded", False)
    assert "cannot pass" not in daemon.log(), daemon.log()
