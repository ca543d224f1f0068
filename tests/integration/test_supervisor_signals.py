"""Signals to the supervisor, and what is left when it dies."""

import os
import signal
import socket
import threading

import proc_facts
import pytest
from raw_client import RawClient, get
from scripted_backend import answer
from stand_still import stand_still
from waiting import eventually


def holding_backend(new_backend, release, arrived):
    def script(connection):
        while (request := connection.read_request()) is not None:
            if "/hold" not in request[0]:
                connection.send(answer())
                continue
            arrived.set()
            release.wait(60)
            connection.send(answer(b"late\n"))

    return new_backend(script)


@pytest.mark.parametrize("asked", [signal.SIGTERM, signal.SIGINT, signal.SIGQUIT])
def test_asked_for_the_end_it_finishes_what_is_in_flight_and_exits_0(start_daemon, new_backend, asked):
    release, arrived = threading.Event(), threading.Event()
    backend = holding_backend(new_backend, release, arrived)
    daemon = start_daemon("-x", backend.text, "-k")
    address = daemon.address
    with RawClient(address) as client, RawClient(address) as idle:
        idle.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert idle.read_response().status == 200
        client.send("GET /hold HTTP/1.1\r\nHost: test\r\n\r\n")
        assert arrived.wait(20)
        daemon.signal(asked)
        assert idle.at_end()  # an idle connection is closed at once
        release.set()
        response = client.read_response()
        assert response.body == b"late\n" and response.get("Connection") == "close"
    assert daemon.wait() == 0


def test_sigterm_to_a_daemon_that_is_just_starting_exits_0(new_daemon, tmp_path):
    daemon = new_daemon()
    daemon.start("--log-file", tmp_path / "log", wait=False)
    eventually((tmp_path / "log").exists, "the start to be under way")
    daemon.signal(signal.SIGTERM)
    assert daemon.wait() == 0


def test_sighup_and_sigusr1_end_no_daemon_that_is_just_starting(new_daemon, tmp_path):
    """It waits for a port here, in vain, and says so at last."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        daemon = new_daemon()
        daemon.start("--log-file", tmp_path / "log", listen=(address,), wait=False)
        eventually((tmp_path / "log").exists, "the start to be under way")
        daemon.signal(signal.SIGHUP)
        daemon.signal(signal.SIGUSR1)
        assert daemon.wait() == 1
    assert address in daemon.log()
    daemon.process = None


def test_second_signal_exits_at_once(start_daemon, new_backend):
    release, arrived = threading.Event(), threading.Event()
    backend = holding_backend(new_backend, release, arrived)
    daemon = start_daemon("-x", backend.text, "-k")
    workers = daemon.worker_pids()
    with RawClient(daemon.address) as client:
        client.send("GET /hold HTTP/1.1\r\nHost: test\r\n\r\n")
        assert arrived.wait(20)
        daemon.signal(signal.SIGTERM)
        eventually(lambda: "drain" in daemon.log().lower(), "the drain to be logged")
        daemon.signal(signal.SIGTERM)
        daemon.wait(10)  # far below the drain's own bound of 30 s, which the held request would use up
    release.set()
    eventually(lambda: not any(map(proc_facts.is_alive, workers)), "the workers to be gone")


def test_sighup_reads_the_file_again(new_daemon, tmp_path):
    config = tmp_path / "demo-server.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\n')
    daemon = new_daemon()
    daemon.start("--config", config, listen=())
    assert len(daemon.addresses()) == 1
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\n[[listener]]\naddress = "127.0.0.2:0"\n')
    daemon.signal(signal.SIGHUP)
    eventually(lambda: len(daemon.addresses()) == 2, "the second listener")
    assert get(daemon.addresses()[1]).status == 200


def test_sighup_with_a_bad_file_changes_nothing(new_daemon, tmp_path):
    config = tmp_path / "demo-server.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\n')
    daemon = new_daemon()
    daemon.start("--config", config, listen=())
    generation = daemon.monitor.GetStatus().generation
    config.write_text('[[listener]]\naddress = "nonsense"\n')
    daemon.signal(signal.SIGHUP)
    eventually(lambda: "nonsense" in daemon.log(), "the complaint about the file")
    assert daemon.monitor.GetStatus().generation == generation
    assert get(daemon.address).status == 200


def test_sighup_with_a_file_that_cannot_be_read_changes_nothing(new_daemon, tmp_path):
    """Opened well, and the first read(2) fails, as that of a broken disk does."""
    config = tmp_path / "demo-server.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\n')
    daemon = new_daemon()
    daemon.start("--config", config, listen=())
    config.unlink()
    config.symlink_to("/proc/self/mem")
    daemon.signal(signal.SIGHUP)
    eventually(lambda: "Input/output error" in daemon.log(), "the complaint about the file")
    assert get(daemon.address).status == 200


def test_workers_leave_when_the_supervisor_is_killed(start_daemon):
    daemon = start_daemon(workers=min(2, len(os.sched_getaffinity(0))))
    workers = daemon.worker_pids()
    os.kill(daemon.pid, signal.SIGKILL)
    daemon.process.wait()
    eventually(lambda: not any(map(proc_facts.is_alive, workers)), "the workers to be gone")


def test_many_children_dying_at_once_are_all_respawned(start_daemon):
    """One SIGCHLD may stand for several deaths."""
    workers = min(2, len(os.sched_getaffinity(0)))
    daemon = start_daemon(workers=workers)
    for _ in range(3):
        pids = daemon.worker_pids()
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        for index, pid in enumerate(pids):
            daemon.wait_respawned(index, pid)
    assert get(daemon.address).status == 200


def test_stuck_worker_is_killed_and_respawned(start_daemon):
    """Its loop stands still for ten seconds: stopped by a signal, as a hang would."""
    daemon = start_daemon()
    pid = daemon.workers()[0].pid
    stand_still(pid)
    eventually(lambda: daemon.workers()[0].pid not in (0, pid), "the stuck worker to be replaced", seconds=40)
    assert "worker 0" in daemon.log()
    eventually(lambda: get(daemon.address).status == 200, "the new worker to answer")
