"""A log that stands still stops nobody: not the supervisor, not its workers, not the end of either."""

import contextlib
import fcntl
import os
import pty
import re
import resource
import signal
import socket

import grpc
import pytest
from own_user import OWN_USER
from raw_client import RawClient, get
from waiting import eventually

GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"


@contextlib.contextmanager
def unread(kind):
    """(reader, writer) of a small log that nobody reads so far."""
    if kind == "pipe":
        reader, writer = os.pipe()
        fcntl.fcntl(writer, fcntl.F_SETPIPE_SZ, 4096)
    elif kind == "terminal":
        reader, writer = pty.openpty()
    else:
        ends = socket.socketpair()
        reader, writer = (end.detach() for end in ends)
    try:
        yield reader, writer
    finally:
        os.close(reader)
        os.close(writer)


def fill(writer):
    """Leaves no room in a pipe for anybody."""
    os.set_blocking(writer, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writer, b"#" * 64)
    os.set_blocking(writer, True)


def problems(daemon):
    return "\n".join(daemon.monitor.GetStatus().problems)


def fill_log(daemon):
    """Changes so much, each in a line of 18 KB, that the log has lost lines."""
    few = daemon.monitor.GetConfig().running
    many = type(few)()
    many.CopyFrom(few)
    pool = many.pools.add(name="many")
    for number in range(500):
        pool.backends.add(endpoint=f"10.9.{number // 250}.{number % 250 + 1}:80")

    def lossy():
        daemon.control.ApplyConfig(config=many)
        daemon.control.ApplyConfig(config=few)
        return "log lines were lost" in problems(daemon)

    eventually(lossy, "the loss to be shown", seconds=60)


def read_until(reader, mark):
    text = b""
    while mark not in text:
        text += os.read(reader, 65536)


@pytest.mark.parametrize("kind", ["pipe", "terminal", "socket"])
def test_a_log_that_nobody_reads_stops_nothing(new_daemon, kind):
    with unread(kind) as (reader, writer):
        daemon = new_daemon()
        daemon.start("-k", "-v", "-d", stderr=writer)
        fill_log(daemon)
        eventually(lambda: "the log stands still" in problems(daemon), "the standstill to be shown")
        pid = daemon.workers()[0].pid
        os.kill(pid, signal.SIGKILL)
        daemon.wait_respawned(0, pid)
        assert get(daemon.address).status == 200
        read_until(reader, b" lost here")
        daemon.stop()


def test_a_worker_serves_although_its_log_stands_still(new_daemon):
    with unread("pipe") as (reader, writer):
        daemon = new_daemon()
        daemon.start("-k", stderr=writer)
        fill_log(daemon)
        daemon.democtl("set-client-limits", "--max-connections", "1")
        with RawClient(daemon.address) as client:
            client.send(GET)
            assert client.read_response().status == 200
            # One more than there may be, and the worker logs that.
            with RawClient(daemon.address):
                eventually(lambda: daemon.totals().get("accept_paused"), "accepting to pause")
                client.send(GET)
                assert client.read_response().status == 200
        read_until(reader, b"connection limit of 1 of all workers reached")
        daemon.stop()


def test_the_daemon_ends_although_its_log_stands_still(new_daemon):
    with unread("pipe") as (_, writer):
        daemon = new_daemon()
        daemon.start("-k", stderr=writer)
        fill_log(daemon)
        daemon.stop()


def send_what_is_no_text(daemon, socket_name, service):
    """A call with a string that is not UTF-8, of which protobuf has something to say when it reads it."""
    with grpc.insecure_channel(f"unix://{daemon.folder}/{socket_name}") as channel:
        pool = b"\x0a\x02p\xff"
        with pytest.raises(grpc.RpcError) as refusal:
            channel.unary_unary(f"/demo.control.v1.{service}")(pool, timeout=30.0)
        assert refusal.value.code() != grpc.StatusCode.DEADLINE_EXCEEDED


CALLS = [("control.sock", "Control/RemovePool"), ("monitor.sock", "Monitor/ListBackends")]


@pytest.mark.parametrize(("socket_name", "service"), CALLS)
def test_a_log_that_nobody_reads_stops_no_caller_of_whom_a_library_complains(
    new_daemon, socket_name, service
):
    with unread("pipe") as (_, writer):
        daemon = new_daemon()
        daemon.start("-k", stderr=writer)
        fill(writer)
        for _ in range(20):
            send_what_is_no_text(daemon, socket_name, service)
        assert daemon.monitor.GetStatus().workers_ready == 1
        daemon.stop()


@pytest.mark.parametrize(("socket_name", "service"), CALLS)
def test_what_a_library_says_is_a_log_line_for_who_debugs(new_daemon, socket_name, service):
    daemon = new_daemon()
    daemon.start("-k", "-d")
    send_what_is_no_text(daemon, socket_name, service)
    eventually(lambda: "UTF-8" in daemon.log(), "the complaint")
    assert re.search(r"^[-0-9T:.]+Z debug protobuf: .*invalid UTF-8", daemon.log(), re.M)
    assert "libprotobuf" not in daemon.log()


def test_nobody_fills_the_log_with_what_a_library_says(new_daemon):
    daemon = new_daemon()
    daemon.start("-k")
    for call in CALLS:
        send_what_is_no_text(daemon, *call)
    daemon.stop()
    assert "UTF-8" not in daemon.log()


def test_a_log_that_refuses_is_tried_again(new_daemon):
    """Stands for a disk that is full and has room again: a FIFO without a reader, then with one."""
    daemon = new_daemon()
    path = daemon.folder / "fifo"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    writer = os.open(path, os.O_WRONLY)
    os.close(reader)
    try:
        daemon.start("-k", stderr=writer)
        daemon.democtl("keepalive", "off")
        assert get(daemon.address).status == 200
        eventually(lambda: "the log stands still" in problems(daemon), "the standstill to be shown")
        reader = os.open(path, os.O_RDONLY)
        read_until(reader, b"keepalive")
        eventually(lambda: problems(daemon) == "", "the log to go on")
        os.close(reader)
        daemon.stop()
    finally:
        os.close(writer)


def test_a_log_that_may_not_grow_ends_nobody(new_daemon, tmp_path):
    """What goes beyond RLIMIT_FSIZE is a signal, which ends a process that does not ignore it."""
    path = tmp_path / "log"
    path.touch()
    os.truncate(path, 64 << 20)  # the daemon's own objects in memory are files too, and smaller
    daemon = new_daemon()
    daemon.start(*OWN_USER, "-k", "--log-file", path)
    pids = [daemon.pid, *daemon.worker_pids()]
    before = {pid: resource.prlimit(pid, resource.RLIMIT_FSIZE) for pid in pids}
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (path.stat().st_size, before[pid][1]))
    daemon.democtl("set-client-limits", "--max-connections", "1")
    eventually(lambda: "the log stands still" in problems(daemon), "the standstill to be shown")
    with RawClient(daemon.address) as client:
        client.send(GET)
        assert client.read_response().status == 200
        # One more than there may be, and the worker logs that.
        with RawClient(daemon.address):
            eventually(lambda: daemon.totals().get("accept_paused"), "accepting to pause")
            client.send(GET)
            assert client.read_response().status == 200
    for pid in pids:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, before[pid])
    eventually(lambda: problems(daemon) == "", "the log to go on")
    assert b"connection limit of 1 of all workers reached" in path.read_bytes()
    assert [daemon.pid, *daemon.worker_pids()] == pids
    daemon.stop()


def test_a_fifo_that_nobody_reads_is_no_log_file(new_daemon, tmp_path):
    """Opening it would wait for a reader."""
    os.mkfifo(tmp_path / "fifo")
    daemon = new_daemon()
    daemon.start("--log-file", tmp_path / "fifo", wait=False)
    assert daemon.wait() == 1
    assert "cannot write the log file" in daemon.log()
    daemon.process = None


def test_a_log_file_that_became_a_fifo_keeps_the_old_log_and_holds_nobody_up(new_daemon, tmp_path):
    daemon, path, before = new_daemon(), tmp_path / "log", tmp_path / "log.1"
    daemon.start("--log-file", path)
    path.rename(before)
    os.mkfifo(path)
    daemon.signal(signal.SIGUSR1)
    told = f"cannot write the log file {path}"
    eventually(lambda: told in daemon.democtl("events").stdout, "the refusal to be told")
    daemon.control.SetKeepalive(client={"enabled": True})
    assert get(daemon.address).status == 200
    eventually(lambda: "client_keepalive" in before.read_text(), "the change in the log before")
    assert told in problems(daemon) and "SIGUSR1" in problems(daemon)
    path.unlink()
    daemon.signal(signal.SIGUSR1)
    eventually(path.exists, "the new log")
    eventually(lambda: problems(daemon) == "", "the trouble to be over")
    daemon.control.SetKeepalive(client={"enabled": False})
    eventually(lambda: "client_keepalive" in path.read_text(), "the next change in the new log")
