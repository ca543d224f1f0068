"""The control and monitor sockets: who owns them, what is refused, what they offer."""

import socket
import stat

import grpc
import proc_facts
import pytest
from control_api import ControlApi
from daemon_process import SERVER
from programs import run
from raw_client import get


def run_refused(*arguments):
    done = run(SERVER, "-a", "127.0.0.1:0", "-w", "1", *arguments)
    return done.returncode, (done.stdout + done.stderr).strip()


def test_sockets_belong_to_owner_and_group(start_daemon):
    daemon = start_daemon()
    control = daemon.control_path.stat()
    assert stat.S_ISSOCK(control.st_mode)
    assert stat.S_IMODE(control.st_mode) == 0o660


def test_monitor_socket_offers_monitor_alone(start_daemon):
    daemon = start_daemon()
    api = ControlApi(daemon.folder / "monitor.sock")
    try:
        assert api.monitor.GetStatus().workers == 1
        with pytest.raises(grpc.RpcError) as refused:
            api.control.AddListener(listener={"address": "127.0.0.1:0"})
        assert refused.value.code() in (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.PERMISSION_DENIED)
    finally:
        api.close()
    assert len(daemon.addresses()) == 1


def test_path_that_is_too_long_is_one_sentence(tmp_path):
    path = tmp_path / ("x" * 120)
    code, text = run_refused("--control", f"unix://{path}")
    assert code in (1, 2), text
    assert len(text.splitlines()) == 1 and "107" in text, text


def test_folder_without_rights_or_missing_is_one_sentence(tmp_path):
    path = tmp_path / "missing" / "of" / "control.sock"
    code, text = run_refused("--control", f"unix://{path}")
    assert code in (1, 2), text
    assert len(text.splitlines()) == 1 and str(path.parent) in text, text


def test_stale_socket_file_is_replaced(new_daemon):
    daemon = new_daemon()
    dead = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    dead.bind(str(daemon.control_path))
    dead.close()
    daemon.start()
    assert daemon.monitor.GetStatus().workers == 1


def test_socket_of_a_killed_daemon_is_replaced(new_daemon):
    daemon = new_daemon()
    daemon.start()
    daemon.kill()
    assert daemon.control_path.exists()
    daemon.start()
    assert get(daemon.address).status == 200


def test_socket_of_a_living_daemon_is_refused(start_daemon):
    daemon = start_daemon()
    code, text = run_refused("--control", f"unix://{daemon.control_path}")
    assert code == 1, text
    assert len(text.splitlines()) == 1 and str(daemon.control_path) in text, text
    assert daemon.monitor.GetStatus().workers == 1


def test_a_file_that_is_no_socket_is_never_removed(tmp_path):
    path = tmp_path / "precious"
    path.write_text("keep me")
    code, text = run_refused("--control", f"unix://{path}")
    assert code in (1, 2), text
    assert path.read_text() == "keep me"


def test_sockets_are_removed_at_the_end(start_daemon):
    daemon = start_daemon()
    daemon.stop()
    assert not daemon.control_path.exists()
    assert not (daemon.folder / "monitor.sock").exists()


def test_health_service_says_serving(start_daemon):
    daemon = start_daemon()
    check = daemon.connect().channel.unary_unary(
        "/grpc.health.v1.Health/Check", request_serializer=bytes, response_deserializer=bytes
    )
    assert check(b"", timeout=10) == b"\x08\x01"  # status: SERVING


def test_reflection_lists_both_services(start_daemon):
    daemon = start_daemon()
    stream = daemon.connect().channel.stream_stream(
        "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
        request_serializer=bytes,
        response_deserializer=bytes,
    )
    answer = b"".join(stream(iter([b"\x3a\x01*"]), timeout=10))  # list_services = "*"
    assert b"demo.control.v1.Control" in answer and b"demo.control.v1.Monitor" in answer


def test_workers_hold_no_socket_of_the_control_api(start_daemon):
    daemon = start_daemon()
    daemon.monitor.GetStatus()
    inodes = set()
    with open("/proc/net/unix", encoding="ascii") as table:
        for line in table:
            if str(daemon.folder) in line:
                inodes.add(line.split()[6])
    assert inodes
    for pid in daemon.worker_pids():
        held = set(proc_facts.open_descriptors(pid).values())
        assert not held & {f"socket:[{inode}]" for inode in inodes}
