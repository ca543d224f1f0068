"""What a script learns from democtl and from the API when a change does not go as asked."""

import contextlib
import os
import signal

import grpc
import pytest
from control_api import message
from stand_still import stand_still
from waiting import eventually


@pytest.fixture
def stopped_worker(start_daemon):
    """A daemon whose only worker stands still; released at the end, or replaced for its missing heartbeat."""
    daemon = start_daemon()
    pid = daemon.worker_pids()[0]

    def go_on():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)

    stand_still(pid)
    daemon.go_on = go_on
    yield daemon
    daemon.go_on()


def test_change_that_a_worker_has_not_applied_is_exit_code_5(stopped_worker):
    daemon = stopped_worker
    done = daemon.democtl("keepalive", "on", check=False)
    assert done.returncode == 5, done.stderr
    assert done.stdout == "gen 2, 0/1 workers\n"
    assert "worker 0 has not applied it: did not acknowledge in time" in done.stderr
    daemon.go_on()
    eventually(lambda: daemon.workers()[0].generation == 2, "the worker to catch up")
    assert daemon.democtl("keepalive", "off", "--wait").stdout == "gen 3, 1/1 workers\n"


def test_an_answer_that_does_not_come_in_time_is_exit_code_8(stopped_worker):
    done = stopped_worker.democtl("--timeout", "500ms", "keepalive", "on", check=False)
    assert done.returncode == 8, (done.stdout, done.stderr)
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_monitor_socket_refuses_changes_with_exit_code_7(start_daemon):
    daemon = start_daemon()
    done = daemon.democtl("keepalive", "on", check=False, target=f"unix://{daemon.folder}/monitor.sock")
    assert done.returncode == 7, (done.stdout, done.stderr)
    assert not daemon.monitor.GetStatus().client_keepalive


def details_of(call, **fields):
    with pytest.raises(grpc.RpcError) as refused:
        call(**fields)
    trailers = dict(refused.value.trailing_metadata())
    status = message("ErrorStatus").FromString(trailers["grpc-status-details-bin"])
    assert (status.code, status.message) == (refused.value.code().value[0], refused.value.details())
    for packed in status.details:
        if packed.type_url.endswith("demo.control.v1.ErrorDetail"):
            return refused.value.code(), message("ErrorDetail").FromString(packed.value)
    raise AssertionError(status)


def test_errors_name_field_value_and_reason_for_programs(start_daemon):
    daemon = start_daemon()
    code, detail = details_of(daemon.control.AddListener, listener={"address": "127.0.0.1:70000"})
    assert (code, detail.field, detail.value) == (
        grpc.StatusCode.INVALID_ARGUMENT, "listener.address", "127.0.0.1:70000")
    assert detail.reason
    code, detail = details_of(
        daemon.control.SetKeepalive, client={"enabled": True}, options={"expected_generation": 99})
    assert (code, detail.field, detail.value) == (grpc.StatusCode.ABORTED, "expected_generation", "99")
    code, detail = details_of(daemon.control.RemovePool, name="nobody")
    assert (code, detail.value) == (grpc.StatusCode.NOT_FOUND, "nobody")


def test_changes_are_idempotent_on_request(start_daemon):
    daemon = start_daemon()
    backend = {"endpoint": "127.0.0.1:9"}
    daemon.control.AddBackend(backend=backend)
    generation = daemon.monitor.GetStatus().generation
    for call, fields in (
        (daemon.control.AddBackend, {"backend": backend, "if_not_exists": True}),
        (daemon.control.AddPool, {"pool": {"name": "default"}, "if_not_exists": True}),
        (daemon.control.RemoveBackend, {"endpoint": "127.0.0.1:10", "ignore_missing": True}),
        (daemon.control.RemoveListener, {"address": "127.0.0.1:10", "ignore_missing": True}),
        (daemon.control.RemovePool, {"name": "nobody", "ignore_missing": True}),
    ):
        assert call(**fields).result.generation == generation
