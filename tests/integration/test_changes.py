"""Changes of a running daemon through the API, and what it answers to absurd ones."""

import socket

import grpc
import pytest
from control_api import enum, message
from ports import free_address, text
from raw_client import RawClient, get
from scripted_backend import ScriptedBackend


def refusal(call, *arguments, **fields):
    with pytest.raises(grpc.RpcError) as caught:
        call(*arguments, **fields)
    return caught.value.code(), caught.value.details()


def test_listener_comes_and_goes(start_daemon):
    daemon = start_daemon(workers=1)
    added = free_address()
    before = daemon.monitor.GetStatus().generation
    result = daemon.control.AddListener(listener={"address": text(added)}).result
    assert result.generation > before
    assert get(added).status == 200
    daemon.control.RemoveListener(address=text(added))
    assert len(daemon.addresses()) == 1
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(added, timeout=5)


def test_auto_listener_proxies_from_its_first_backend_and_answers_503_while_none_is_usable(
    start_daemon, new_backend
):
    daemon = start_daemon()
    assert get(daemon.address).body != b"backend\n"
    backend = new_backend()
    daemon.control.AddBackend(backend={"endpoint": backend.text})
    assert get(daemon.address).body == b"backend\n"
    daemon.control.UpdateBackend(
        backend={"endpoint": backend.text, "state": enum("BackendState").Value("BACKEND_STATE_MAINTENANCE")}
    )
    assert get(daemon.address).status == 503
    daemon.control.RemoveBackend(endpoint=backend.text)
    assert get(daemon.address).status == 503


def test_change_is_in_force_in_every_worker_when_it_answers(start_daemon):
    daemon = start_daemon(workers=2)
    result = daemon.control.AddListener(listener={"address": text(free_address())}).result
    for worker in daemon.workers():
        assert worker.generation >= result.generation


def test_keepalive_off_closes_idle_connections_at_once(start_daemon):
    daemon = start_daemon("-k")
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().get("Connection") != "close"
        daemon.control.SetKeepalive(client={"enabled": False})
        assert client.at_end()
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().get("Connection") == "close"
    daemon.control.SetKeepalive(client={"enabled": True})
    with RawClient(daemon.address) as client:
        for _ in range(2):
            client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
            assert client.read_response().status == 200


def test_log_level_changes(start_daemon):
    daemon = start_daemon()
    daemon.control.SetLogLevel(level=enum("LogLevel").Value("LOG_LEVEL_DEBUG"))
    assert daemon.monitor.GetStatus().log_level == enum("LogLevel").Value("LOG_LEVEL_DEBUG")


def test_adding_what_exists_is_already_exists(start_daemon):
    daemon = start_daemon()
    backend = {"endpoint": "127.0.0.1:9"}
    daemon.control.AddBackend(backend=backend)
    code, details = refusal(daemon.control.AddBackend, backend=backend)
    assert code == grpc.StatusCode.ALREADY_EXISTS and "127.0.0.1:9" in details
    listener = {"address": text(free_address())}
    daemon.control.AddListener(listener=listener)
    code, details = refusal(daemon.control.AddListener, listener=listener)
    assert code == grpc.StatusCode.ALREADY_EXISTS, details
    assert listener["address"] in details


def test_removing_what_is_not_there_is_not_found(start_daemon):
    daemon = start_daemon()
    daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:10"})
    code, details = refusal(daemon.control.RemoveBackend, endpoint="127.0.0.1:9")
    assert code == grpc.StatusCode.NOT_FOUND and "127.0.0.1:9" in details
    code, details = refusal(daemon.control.RemoveListener, address="127.0.0.1:9")
    assert code == grpc.StatusCode.NOT_FOUND and "127.0.0.1:9" in details


ABSURD = [
    ("AddListener", {}, "address"),
    ("AddListener", {"listener": {"address": "nonsense"}}, "nonsense"),
    ("AddListener", {"listener": {"address": "127.0.0.1:70000"}}, "70000"),
    ("AddListener", {"listener": {"address": "127.0.0.1:0", "mode": 99}}, "mode"),
    ("AddBackend", {}, "endpoint"),
    ("AddBackend", {"backend": {"endpoint": "127.0.0.1:0"}}, "127.0.0.1:0"),
    ("AddBackend", {"backend": {"endpoint": "127.0.0.1:80", "weight": 1_000_000}}, "weight"),
    ("SetWorkers", {"count": 0}, "0"),
    ("SetWorkers", {}, "count"),
    ("SetWorkers", {"count": 100_000}, "100000"),
    ("SetLogLevel", {}, "level"),
    ("SetLogLevel", {"level": 77}, "level"),
    ("SetKeepalive", {"client": {"idle_timeout": {"seconds": -5}}}, "idle_timeout"),
]


@pytest.mark.parametrize("method, fields, named", ABSURD)
def test_absurd_fields_are_invalid_argument_and_named(start_daemon, method, fields, named):
    daemon = start_daemon()
    generation = daemon.monitor.GetStatus().generation
    code, details = refusal(getattr(daemon.control, method), **fields)
    assert code == grpc.StatusCode.INVALID_ARGUMENT, (code, details)
    assert named in details, details
    assert daemon.monitor.GetStatus().generation == generation


def test_port_in_use_by_somebody_else_changes_nothing(start_daemon):
    daemon = start_daemon()
    generation = daemon.monitor.GetStatus().generation
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        code, details = refusal(daemon.control.AddListener, listener={"address": address})
    assert code != grpc.StatusCode.OK and address in details
    assert daemon.monitor.GetStatus().generation == generation
    assert len(daemon.addresses()) == 1


def test_workers_are_resized(start_daemon):
    daemon = start_daemon(workers=1)
    for count in (2, 1, 2):
        daemon.control.SetWorkers(count=count)
        ready = enum("WorkerState").Value("WORKER_STATE_READY")
        assert sum(worker.state == ready for worker in daemon.workers()) == count
        for _ in range(8):
            assert get(daemon.address).status == 200


def test_stats_count_requests_of_worker_listener_and_backend(start_daemon, new_backend):
    daemon = start_daemon()
    backend: ScriptedBackend = new_backend()
    daemon.control.AddBackend(backend={"endpoint": backend.text})
    for _ in range(5):
        assert get(daemon.address).status == 200
    sample = daemon.monitor.GetStats().sample
    assert sum(worker.figures.requests for worker in sample.workers) == 5
    assert sum(listener.figures.requests for listener in sample.listeners) == 5
    assert sum(entry.figures.requests for entry in sample.backends) == 5
    assert message("GetStatsResponse")(sample=sample).ByteSize() > 0
