"""Sockets that a socket unit passes are used by the listeners of their addresses, and stay the unit's."""

import os
import select
import socket
from urllib.request import urlopen

import pytest
from control_api import enum
from managed_start import WORKERS
from ports import free_address, text
from raw_client import RawClient
from socket_unit import UNIT, listening, sockets_of, start, takes_nobody
from waiting import eventually

pytestmark = pytest.mark.skipif(WORKERS < 2, reason="there is one core: one socket is enough for its worker")
MODE = enum("AcceptMode")
REASON = "passed by systemd: 1 socket for 2 workers"


def answers(address):
    with urlopen("http://%s:%d/" % address, timeout=20) as response:
        return response.status == 200


def listener(daemon, address=None):
    """What is told of one."""
    found = daemon.monitor.ListListeners().listeners
    return next(one for one in found if address is None or one.listener.address == address)


def problems(daemon):
    return list(daemon.monitor.GetStatus().problems)


def accepted(daemon):
    """How many connections each worker has accepted."""
    return [one.figures.connections_accepted for one in daemon.monitor.GetStats().sample.workers]


@pytest.mark.parametrize("name", ["s1", "p3", "c9", "b7", "stats", "table", "diag", "api-control"])
def test_a_name_that_means_something_else_to_the_daemon_is_one_like_any(managed, unit, name):
    address = unit.listen()
    daemon = start(managed, unit, listen=[text(address)], name=name)
    assert answers(address)
    assert "passed by systemd" in listener(daemon).accept_mode_reason
    [made] = unit.sockets
    managed.restart()
    assert answers(address)
    managed.stop()
    assert made.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN) == 1


@pytest.mark.parametrize("mode", ["reuseport", "reuseport-cpu", "exclusive"])
def test_one_socket_for_two_workers_is_shared_by_them_and_that_is_said(managed, unit, mode):
    address = unit.listen()
    daemon = start(managed, unit, "--accept-mode", mode, listen=[text(address)])
    assert answers(address)
    told = listener(daemon)
    assert told.accept_mode == MODE.Value("ACCEPT_MODE_EXCLUSIVE")
    reason = "" if mode == "exclusive" else REASON
    assert told.accept_mode_reason == reason
    sentence = f"{text(address)} has accept mode exclusive, not {mode}: {REASON}"
    assert (sentence in problems(daemon)) == bool(reason)
    assert not daemon.monitor.GetStatus().degraded
    if reason:
        eventually(lambda: sentence in daemon.log(), "the log to tell it")
    [listed] = daemon.democtl_json("listeners")["listeners"]
    assert listed["accept_mode"] == "exclusive" and listed.get("accept_mode_reason", "") == reason
    assert all(sockets_of(worker, unit.sockets[0]) for worker in daemon.worker_pids())


def test_accept_mode_answers_why_it_is_another_one(managed, unit):
    address = unit.listen()
    daemon = start(managed, unit, "--accept-mode", "shared", listen=[text(address)])
    assert listener(daemon).accept_mode == MODE.Value("ACCEPT_MODE_SHARED")
    answer = daemon.democtl("accept-mode", "reuseport")
    assert f"has accept mode exclusive, not reuseport: {REASON}" in answer.stdout + answer.stderr
    assert answers(address)


@pytest.mark.parametrize("mode", ["reuseport", "reuseport-cpu"])
def test_as_many_sockets_as_workers_give_each_its_own(managed, unit, mode):
    address = unit.listen(WORKERS)
    daemon = start(managed, unit, "--accept-mode", mode, listen=[text(address)])
    assert listener(daemon).accept_mode == MODE.Value("ACCEPT_MODE_" + mode.upper().replace("-", "_"))
    assert listener(daemon).accept_mode_reason == ""
    assert problems(daemon) == []
    for pid in daemon.worker_pids():
        assert [sockets_of(pid, made) for made in unit.sockets].count(1) == 1
    if mode == "reuseport-cpu":
        # Packets over loopback are taken by the core of whoever sends them.
        core = daemon.workers()[1].core
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {core})
        try:
            for _ in range(20):
                assert answers(address)
        finally:
            os.sched_setaffinity(0, before)
        assert accepted(daemon) == [0, 20]


def test_workers_that_come_and_go_share_what_was_passed(managed, unit):
    address = unit.listen(WORKERS)
    daemon = start(managed, unit, listen=[text(address)])
    daemon.democtl("set-workers", "1")
    for _ in range(20):
        assert answers(address)
    assert listener(daemon).accept_mode_reason == ""
    daemon.democtl("set-workers", str(WORKERS))
    for _ in range(20):
        assert answers(address)
    assert problems(daemon) == []


def test_both_families_and_a_unix_socket_are_taken_by_their_addresses(managed, unit, tmp_path):
    v4 = unit.listen()
    unit.add(listening(("::1", v4[1]), family=socket.AF_INET6))
    path = str(tmp_path / "http.sock")
    unit.add(listening(path, family=socket.AF_UNIX))
    daemon = start(managed, unit, listen=[f"unix:{path}", f"[::1]:{v4[1]}", text(v4)])
    inode = os.stat(path).st_ino
    assert answers(v4)
    with urlopen(f"http://[::1]:{v4[1]}/", timeout=20) as response:
        assert response.status == 200
    with RawClient(path) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.read_response().status == 200
    for made in unit.sockets:
        assert sockets_of(daemon.pid, made) == 1
    managed.stop()
    assert os.stat(path).st_ino == inode, "the path is systemd's"


def test_options_are_set_again_and_what_the_kernel_refuses_is_said(managed, unit):
    port = free_address()[1]
    made = unit.add(socket.socket(socket.AF_INET6))
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    made.bind(("::1", port))
    made.listen()
    address = f"[::1]:{port}"
    daemon = start(managed, unit, listen=[address])
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT) == 1
    assert problems(daemon) == [f"{address} has accept mode exclusive, not reuseport: {REASON}"]
    daemon.democtl("set-listener", address, "--defer-accept", "3s", "--v6only", "off")
    assert made.getsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT) >= 3
    refused = "the kernel refuses v6only 0: Invalid argument, on a socket that systemd made"
    assert f"{address}: {refused}" in problems(daemon)
    with urlopen(f"http://{address}/", timeout=20) as response:
        assert response.status == 200


def test_an_address_without_a_listener_is_named_and_takes_nobody_until_one_comes(managed, unit):
    served, other = free_address(), unit.listen()
    early = socket.create_connection(other)
    daemon = start(managed, unit, listen=[text(served)])
    sentence = f"systemd passed {text(other)} ({UNIT}), which no listener is for"
    assert [one for one in problems(daemon) if one.startswith(sentence)]
    eventually(lambda: sentence in daemon.log(), "the log to tell it")
    assert early.recv(1) == b"", "who had come before was not told"
    early.close()
    assert takes_nobody(other)
    daemon.democtl("add-listener", text(other))
    assert answers(other)
    assert not [one for one in problems(daemon) if one.startswith(sentence)]
    assert sockets_of(daemon.pid, unit.sockets[0]) == 1


def test_what_nobody_can_be_served_on_is_named_and_closed(managed, unit):
    address = unit.listen()
    datagrams = unit.add(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
    datagrams.bind(("127.0.0.1", 0))
    silent = unit.add(socket.socket())
    silent.bind(("127.0.0.1", 0))
    daemon = start(managed, unit, listen=[text(address)])
    assert answers(address)
    told = problems(daemon)
    for made, why in ((datagrams, "is no stream socket"), (silent, "does not listen")):
        where = text(made.getsockname())
        assert [one for one in told if f"{UNIT} on {where}, which {why}" in one], told
        assert sockets_of(daemon.pid, made) == 0


def test_a_removed_listener_leaves_the_socket_to_systemd_and_comes_back_on_it(managed, unit):
    address = unit.listen()
    daemon = start(managed, unit, listen=[text(address), text(free_address())])
    with RawClient(address) as client:
        client.send(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert client.read_response().status == 200
    answer = daemon.democtl("remove-listener", text(address))
    told = answer.stdout + answer.stderr
    assert f"systemd passed {text(address)} ({UNIT}), which no listener is for" in told, told
    assert takes_nobody(address)
    eventually(
        lambda: not any(sockets_of(pid, unit.sockets[0]) for pid in daemon.worker_pids()),
        "workers to have let it go",
    )
    daemon.democtl("add-listener", text(address))
    assert answers(address)
    # Once more while the sockets of the one before may still be on their way out.
    daemon.democtl("remove-listener", text(address))
    daemon.democtl("add-listener", text(address))
    assert answers(address)
    assert sockets_of(daemon.pid, unit.sockets[0]) == 1


@pytest.mark.parametrize("serves", [True, False], ids=["served", "unserved"])
def test_after_a_stop_the_unit_takes_whoever_comes(managed, unit, serves):
    address, other = unit.listen(), free_address()
    start(managed, unit, listen=[text(address if serves else other)])
    managed.stop()
    with socket.create_connection(address, timeout=20) as client:
        # The options of the listener are still those of the socket: it waits for the first byte.
        client.sendall(b"x")
        assert select.select([unit.sockets[0]], [], [], 20)[0]
        served, _ = unit.sockets[0].accept()
        assert served.recv(1) == b"x"
        served.close()
