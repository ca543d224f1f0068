"""What a supervisor makes of what the one before left, where something is wrong with that or its start."""

import os
import signal
import socket

import pytest
from held_backend import Held, waiting_clients
from ports import free_address, text
from raw_client import RawClient, get
from waiting import eventually


def serve(address):
    return get(address).status == 200


def test_listeners_whose_sockets_have_no_room_are_told_and_served_again_after_a_crash(new_managed):
    managed = new_managed(limit=10)
    addresses = [free_address() for _ in range(3)]
    managed.start(
        "--accept-mode", "reuseport", listen=[text(address) for address in addresses], workers=2
    )
    problems = list(managed.daemon.monitor.GetStatus().problems)
    assert problems == [
        "2 listening sockets would not survive a restart: the service manager holds 10 descriptors "
        "(FileDescriptorStoreMax=) under names of 120 KiB"
    ]
    for _ in range(2):
        managed.crash()
        assert all(serve(address) for address in addresses)
    managed.stop()


def test_sockets_are_kept_before_processes(new_managed):
    managed = new_managed(limit=10)
    addresses = [free_address() for _ in range(2)]
    managed.start(
        "--accept-mode", "reuseport", listen=[text(address) for address in addresses], workers=2
    )
    (problem,) = managed.daemon.monitor.GetStatus().problems
    assert problem.startswith("not all workers would be known after a restart")
    assert managed.store.kinds()["s"] == 4
    managed.crash()
    assert all(serve(address) for address in addresses)
    managed.stop()


def test_a_change_says_what_of_it_would_not_survive(new_managed):
    managed = new_managed(limit=10)
    first, second, third = (text(free_address()) for _ in range(3))
    managed.start("--accept-mode", "reuseport", listen=[first], workers=2)
    sentence = "would not survive a restart: the service manager holds 10 descriptors"
    fits = managed.daemon.democtl("add-listener", second)
    assert sentence not in fits.stdout + fits.stderr
    told = managed.daemon.democtl("add-listener", third)
    assert f"2 listening sockets {sentence}" in told.stdout + told.stderr
    again = managed.daemon.democtl("set-listener", third, "--backlog", "77")
    assert sentence not in again.stdout + again.stderr, "nothing new"
    managed.stop()


def test_a_restart_hands_over_what_there_is_room_for(new_managed):
    managed = new_managed(limit=8)
    addresses = [free_address() for _ in range(4)]
    managed.start(listen=[text(address) for address in addresses], workers=1)
    for _ in range(2):
        managed.restart()
        assert all(serve(address) for address in addresses)
    managed.stop()


def test_what_a_stop_had_hidden_when_it_was_killed_is_not_taken_for_good(new_managed, new_backend):
    script = Held()
    backend = new_backend(script)
    managed = new_managed()
    addresses = [free_address() for _ in range(4)]
    managed.start(
        "-x", backend.text, "--accept-mode", "reuseport", listen=[text(a) for a in addresses], workers=2
    )
    with waiting_clients(managed.daemon, backend, 1) as (client,):
        managed.daemon.signal(signal.SIGTERM)
        eventually(lambda: managed.store.stopping, "the stop to begin")
        managed.crash()
        script.release.set()
        assert client.read_response().body == b"late"
    assert all(serve(address) for address in addresses * 4)
    managed.stop()


@pytest.mark.parametrize("name", ["table", "places", "stats", "quota", "b0"])
def test_goes_on_without_one_of_what_was_kept(new_managed, name):
    managed = new_managed()
    address = free_address()
    managed.start("--accept-mode", "reuseport", listen=[text(address)], workers=2)
    managed.store.settle()
    managed.store.lose(name)
    for _ in range(3):
        managed.crash()
        assert all(serve(address) for _ in range(10))
    managed.store.settle()
    kinds = managed.store.kinds()
    assert kinds["s"] == 2 and kinds[name.rstrip("0")] >= 1, kinds
    assert not managed.daemon.monitor.GetStatus().degraded
    managed.stop()


def test_goes_on_without_a_listening_socket(new_managed):
    managed = new_managed()
    address = free_address()
    managed.start("--accept-mode", "reuseport-cpu", listen=[text(address)], workers=2)
    managed.store.settle()
    socket_name = next(name for name in managed.store.names() if name.startswith("s") and name[1:].isdigit())
    managed.store.lose(socket_name)
    for _ in range(2):
        managed.crash()
        assert all(serve(address) for _ in range(10))
    managed.stop()


def test_a_start_that_fails_loses_nothing(new_managed, tmp_path):
    path = tmp_path / "listener.sock"
    address = free_address()
    file = tmp_path / "demo.toml"
    good = f'[[listener]]\naddress = "{text(address)}"\n[[listener]]\naddress = "unix:{path}"\n'
    file.write_text(good)
    managed = new_managed()
    managed.start("--config", file, listen=(), workers=2)

    def reached():
        with socket.socket(socket.AF_UNIX) as client:
            client.settimeout(20)
            client.connect(str(path))
            client.sendall(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            return client.recv(12) == b"HTTP/1.1 200" and serve(address)

    with socket.create_server(("127.0.0.1", 0)) as occupied:
        taken = text(occupied.getsockname()[:2])
        for wrong in ["nonsense", good + f'[[listener]]\naddress = "{taken}"\n']:
            managed.die()
            file.write_text(wrong)
            managed.start_failing()
            assert managed.daemon.wait() == 1
            managed.daemon.process = None
            assert path.exists() and reached()
            file.write_text(good)
            managed.start_again()
            assert reached()
    managed.stop()


def test_surplus_workers_serve_until_those_of_the_next_supervisor_do(new_managed, tmp_path):
    address = free_address()
    file = tmp_path / "demo.toml"
    settings = f'accept_mode = "reuseport"\n[[listener]]\naddress = "{text(address)}"\n[workers]\n'
    file.write_text(settings + "count = 2\n")
    managed = new_managed()
    managed.start("--config", file, listen=(), workers=0)
    managed.die()
    file.write_text(settings + "count = 1\n")
    managed.start_again()
    managed.wait_alone(1)
    # Lines of several processes come in any order, and say when.
    times = {}
    for line in managed.daemon.log().splitlines():
        when, _, what = line.split(" ", 2)
        times[what] = when
    told = "its channel has ended: draining"
    assert times["worker 0 accepts"] <= times[f"worker 1: {told}"]
    assert all(serve(address) for _ in range(20))
    managed.stop()


def test_sigrtmin_without_a_manager_that_keeps_descriptors_does_nothing(start_daemon):
    daemon = start_daemon()
    daemon.signal(signal.SIGRTMIN)
    eventually(lambda: "SIGRTMIN: not leaving" in daemon.log(), "the signal to be told")
    assert serve(daemon.address)
    daemon.signal(signal.SIGTERM)
    assert daemon.wait() == 0


def test_sigrtmin_does_not_hurry_a_stop(new_managed, new_backend):
    script = Held()
    backend = new_backend(script)
    managed = new_managed()
    managed.start("-x", backend.text)
    with waiting_clients(managed.daemon, backend, 1) as (client,):
        managed.daemon.signal(signal.SIGTERM)
        eventually(lambda: managed.store.stopping, "the stop to begin")
        os.kill(managed.daemon.process.pid, signal.SIGRTMIN)
        eventually(lambda: "SIGRTMIN: not leaving" in managed.daemon.log(), "the signal to be told")
        script.release.set()
        assert client.read_response().body == b"late"
    assert managed.daemon.wait() == 0
    managed.daemon.process = None


def test_an_idle_connection_outlives_a_crash_and_is_closed_by_who_takes_over(new_managed):
    managed = new_managed()
    managed.start("-k")
    with RawClient(managed.daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
        managed.die()
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
        managed.start_again()
        assert client.at_end()
    managed.stop()
