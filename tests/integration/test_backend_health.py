"""One judgement of a backend, the same in every view, and a status that says why requests are not served."""

import json
import os
import signal
from datetime import datetime, timedelta

import pytest
from control_api import enum
from ports import free_address, text
from raw_client import get
from scripted_backend import ScriptedBackend, answer
from stand_still import stand_still
from waiting import eventually


def status(daemon):
    return daemon.monitor.GetStatus()


def health(daemon):
    return {b.backend.endpoint: b.health for b in daemon.monitor.ListBackends().backends}


def served(status_line):
    def script(connection):
        while connection.read_request() is not None:
            connection.send(answer(status=status_line))

    return script


def test_dead_backend_without_checks_fails_in_every_view_until_it_answers(start_daemon):
    address = free_address()
    daemon = start_daemon("-x", text(address))
    assert health(daemon) == {text(address): "unchecked"}
    assert not status(daemon).degraded
    for _ in range(20):
        assert get(daemon.address).status == 502
    eventually(lambda: "failing" in health(daemon)[text(address)], "the backend to be failing")
    now = status(daemon)
    assert now.degraded and now.backends_usable == 0
    assert any(text(address) in problem and "failing" in problem for problem in now.problems), now.problems
    assert "failing" in daemon.democtl("backends").stdout
    assert "degraded" in daemon.democtl("status").stdout
    assert daemon.democtl("events").stdout.count("fails:") == 1
    assert daemon.log().count("fails:") == 1
    backend = ScriptedBackend(port=address[1])
    try:
        assert get(daemon.address).status == 200
        eventually(lambda: not status(daemon).degraded, "the status to be good")
    finally:
        backend.close()
    assert health(daemon) == {text(address): "unchecked"}
    assert daemon.democtl("events").stdout.count("answers again") == 1
    assert daemon.log().count("answers again") == 1


OUT = [
    (["remove-backend", "BACKEND"], "it was removed"),
    (["config", "apply", "FILE", "--yes"], "its pool was removed"),
    (["set-backend", "BACKEND", "--state", "maintenance"], "it is in maintenance"),
    (["set-backend", "BACKEND", "--state", "drain"], "it drains"),
    (["set-backend", "BACKEND", "--weight", "0"], "its weight is 0"),
]


def take_out(daemon, words, address, file):
    """Takes the backend out of the traffic. A pool in use goes by a configuration alone."""
    told = daemon.democtl_json("config", "show")
    told.pop("pools")
    file.write_text(json.dumps(told))
    daemon.democtl(*[word.replace("BACKEND", address).replace("FILE", str(file)) for word in words])


@pytest.mark.parametrize(("words", "why"), OUT, ids=["removed", "pool", "maintenance", "drain", "weight"])
def test_the_end_of_failing_is_told_when_requests_end(start_daemon, tmp_path, words, why):
    address = text(free_address())
    daemon = start_daemon("-x", address)
    for _ in range(3):
        assert get(daemon.address).status == 502
    eventually(lambda: "failing" in health(daemon)[address], "the backend to be failing")
    take_out(daemon, words, address, tmp_path / "config.json")
    eventually(lambda: f"failed in a row: {why}" in daemon.log(), "the end to be told")
    assert daemon.democtl("events").stdout.count(f"failed in a row: {why}") == 1


@pytest.mark.parametrize("words", [words for words, _ in OUT], ids=" ".join)
def test_the_end_of_an_ejection_is_told_when_requests_end(start_daemon, tmp_path, words):
    address = text(free_address())
    daemon = start_daemon()
    daemon.democtl("add-pool", "default", "--eject-after", "1", "--eject-last", "on", "--eject-time", "5m")
    daemon.democtl("add-backend", address)
    eventually(lambda: get(daemon.address).status == 503, "the backend to be ejected")
    take_out(daemon, words, address, tmp_path / "config.json")
    eventually(lambda: "worker 0 holds ejected no more" in daemon.log(), "the end to be told")
    assert daemon.democtl("events").stdout.count("holds ejected no more") == 1


def test_request_is_one_failure_however_often_it_was_tried(start_daemon):
    address = free_address()
    daemon = start_daemon("-x", text(address))
    for _ in range(3):
        assert get(daemon.address).status == 502
    eventually(lambda: "failing" in health(daemon)[text(address)], "the backend to be failing")
    assert health(daemon)[text(address)] == "failing (3 requests in a row)"
    assert daemon.log().count("fails: 3 requests in a row") == 1


def test_only_statuses_that_speak_of_the_backend_make_it_fail(start_daemon, new_backend):
    unlucky, broken = new_backend(served("500 Oh")), new_backend(served("503 No"))
    daemon = start_daemon()
    for pool, backend in (("unlucky", unlucky), ("broken", broken)):
        daemon.control.AddBackend(pool=pool, backend={"endpoint": backend.text})
        address = free_address()
        daemon.control.AddListener(listener={"address": text(address), "pool": pool})
        for _ in range(4):
            get(address)
    eventually(lambda: "failing" in health(daemon)[broken.text], "the broken one to be failing")
    assert health(daemon)[unlucky.text] == "unchecked"


def test_ejected_backends_are_ejected_in_every_view(start_daemon):
    first, second = text(free_address()), text(free_address())
    daemon = start_daemon()
    daemon.control.AddPool(
        pool={
            "name": "default",
            "backends": [{"endpoint": first}, {"endpoint": second}],
            "ejection": {
                "consecutive_failures": 1,
                "allow_last": True,
                "base_time": {"seconds": 600},
                "max_time": {"seconds": 600},
            },
        }
    )
    eventually(lambda: get(daemon.address).status == 503, "nobody to be left")
    why = "ejected (1 of 1 worker): it refused connections, failure 1 in a row; out for "
    assert all(value.startswith(why) and "; out for " in value for value in health(daemon).values())
    now = status(daemon)
    assert now.degraded and now.backends_usable == 0
    assert any(why in problem for problem in now.problems), now.problems
    table = daemon.democtl("backends").stdout
    assert table.count(why) == 2 and table.count(", back in ") == 2, table
    for row in json.loads(daemon.democtl("backends", "-o", "json").stdout)["backends"]:
        (ejection,) = row["members"][0]["ejections"]
        assert ejection.items() >= {"failures": 1, "reason": "it refused connections"}.items()
        since, until = (datetime.fromisoformat(ejection[key].rstrip("Z")) for key in ("since", "until"))
        assert until - since == timedelta(minutes=10)
    assert "for 10m, at failure 1 in a row: it refused connections" in daemon.log()


def test_backend_that_speaks_unasked_is_distrusted_in_every_view(start_daemon, new_backend):
    def speaks_twice(connection):
        while connection.read_request() is not None:
            connection.send(2 * answer())

    backend = new_backend(speaks_twice)
    daemon = start_daemon("-x", backend.text)
    assert get(daemon.address).status == 200
    eventually(lambda: "distrusted" in health(daemon)[backend.text], "the backend to be distrusted")
    assert health(daemon)[backend.text] == "unchecked, distrusted (1 of 1 worker)"
    now = status(daemon)
    assert not now.degraded
    assert any("sent a response that nobody had asked for" in problem for problem in now.problems)
    (row,) = json.loads(daemon.democtl("backends", "-o", "json").stdout)["backends"]
    (distrust,) = row["members"][0]["distrusts"]
    assert distrust["reason"] == "it sent a response that nobody had asked for"
    for _ in range(3):
        assert get(daemon.address).status == 200
    assert daemon.democtl("events").stdout.count("keeps no connection to") == 1, "one distrust is one event"


@pytest.mark.parametrize("end", ["kill", "restart"])
def test_a_distrust_is_known_to_all_workers_and_to_their_successors(start_daemon, new_backend, end):
    connections = []

    def speaks_twice_at_first(connection):
        connections.append(0)
        mine = len(connections) - 1
        while connection.read_request() is not None:
            connections[mine] += 1
            connection.send((2 if mine == 0 else 1) * answer())

    workers = min(2, len(os.sched_getaffinity(0)))
    backend = new_backend(speaks_twice_at_first)
    daemon = start_daemon("-x", backend.text, workers=workers)
    assert get(daemon.address).status == 200
    known = f"unchecked, distrusted ({workers} of {workers} workers)"
    eventually(lambda: health(daemon)[backend.text] == known, "all workers to know")
    before = daemon.worker_pids()
    if end == "restart":
        daemon.democtl("restart-worker", "--all")
    else:
        for index, pid in enumerate(before):
            os.kill(pid, signal.SIGKILL)
            daemon.wait_respawned(index, pid)
    eventually(lambda: not set(before) & set(daemon.worker_pids()), "the successors")
    eventually(lambda: health(daemon)[backend.text] == known, "the successors to know")
    for _ in range(8):
        assert get(daemon.address).status == 200
    assert max(connections) == 1, "no connection is kept"
    assert daemon.democtl("events").stdout.count("keeps no connection to") == 1, "one distrust is one event"


def test_a_distrust_holds_in_every_pool_of_the_worker(start_daemon, new_backend):
    connections = []

    def speaks_twice_when_asked_to(connection):
        connections.append(0)
        mine = len(connections) - 1
        while (request := connection.read_request()) is not None:
            connections[mine] += 1
            connection.send((2 if "/twice" in request[0] else 1) * answer())

    backend = new_backend(speaks_twice_when_asked_to)
    daemon = start_daemon("-x", backend.text)
    daemon.democtl("add-pool", "other")
    daemon.democtl("add-backend", backend.text, "--pool", "other")
    other = free_address()
    daemon.democtl("add-listener", text(other), "--mode", "proxy", "--pool", "other")
    assert [get(other).status for _ in range(2)] == [200] * 2
    assert connections == [2], "a connection is kept"
    assert get(daemon.address, "/twice").status == 200

    def on_a_new_one_each():
        before = len(connections)
        assert [get(other).status for _ in range(2)] == [200] * 2
        return len(connections) == before + 2

    eventually(on_a_new_one_each, "the other pool to keep none")


@pytest.mark.parametrize(("state", "word"), [("DRAIN", "draining"), ("MAINTENANCE", "maintenance")])
def test_backends_that_are_all_taken_out_degrade_the_status(start_daemon, new_backend, state, word):
    backend = new_backend()
    daemon = start_daemon("-x", backend.text)
    daemon.control.UpdateBackend(
        backend={"endpoint": backend.text, "state": enum("BackendState").Value(f"BACKEND_STATE_{state}")}
    )
    assert health(daemon) == {backend.text: word}
    now = status(daemon)
    assert now.degraded and word in now.problems[0], now.problems


@pytest.mark.parametrize("mode", ["PROXY", "TCP"])
def test_empty_pool_of_a_listener_that_forwards_degrades_the_status(start_daemon, mode):
    daemon = start_daemon()
    daemon.control.AddPool(pool={"name": "empty"})
    assert not status(daemon).degraded
    daemon.control.AddListener(
        listener={
            "address": text(free_address()),
            "pool": "empty",
            "mode": enum("ListenerMode").Value(f"LISTENER_MODE_{mode}"),
        }
    )
    now = status(daemon)
    assert now.degraded and "it has no backend" in now.problems[0], now.problems


def test_stopped_worker_is_not_ready(start_daemon):
    daemon = start_daemon(workers=2)
    stopped = daemon.worker_pids()[1]
    stand_still(stopped)
    try:
        now = eventually(lambda: (s := status(daemon)).workers_ready == 1 and s, "one worker to be ready")
        assert now.degraded and any("worker 1" in problem for problem in now.problems), now.problems
        (well, stuck) = daemon.monitor.ListWorkers().workers
        assert (well.trouble, stuck.trouble) == ("", "its loop stands still")
        lines = daemon.democtl("workers").stdout.splitlines()
        assert ["stands still" in line for line in lines] == [False, False, True], lines
    finally:
        os.kill(stopped, signal.SIGCONT)
    eventually(lambda: status(daemon).workers_ready == 2 and not status(daemon).degraded, "both to be ready")
