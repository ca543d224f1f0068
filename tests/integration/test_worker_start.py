"""Workers that cannot start: the daemon stays up, says so, and keeps trying more and more slowly."""

import os
import shutil
import signal
from pathlib import Path

import pytest
from daemon_process import BUILD, SERVER
from raw_client import RawClient
from waiting import eventually

WORKER = BUILD / "daemon" / "demo-server-worker"


@pytest.fixture
def private_binaries(tmp_path):
    """A copy of the supervisor in a folder where the test decides what its worker is."""
    shutil.copy(SERVER, tmp_path / "demo-server")
    return tmp_path


def write_worker(folder, text):
    path = folder / "demo-server-worker"
    path.write_text(text)
    path.chmod(0o755)


def start_private(new_daemon, folder, monkeypatch):
    import daemon_process  # pylint: disable=import-outside-toplevel

    monkeypatch.setattr(daemon_process, "SERVER", folder / "demo-server")
    return new_daemon().start(wait=False)


def status_when_answering(daemon):
    import grpc  # pylint: disable=import-outside-toplevel

    def answer():
        assert daemon.process.poll() is None, daemon.log()
        try:
            return daemon.monitor.GetStatus(timeout=5.0)
        except grpc.RpcError:
            return None

    return eventually(answer, "the control socket to answer")


@pytest.mark.parametrize("there", [False, True], ids=["missing", "not executable"])
def test_start_without_a_worker_binary_fails_and_says_so(private_binaries, new_daemon, monkeypatch, there):
    if os.access("/usr/libexec/demo-server/demo-server-worker", os.X_OK):
        pytest.skip("an installed worker is found instead")
    path = private_binaries / "demo-server-worker"
    if there:
        shutil.copy(WORKER, path)
        path.chmod(0o644)
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    assert daemon.wait() == 1
    daemon.process = None
    (line,) = daemon.log().splitlines()
    assert line.startswith("demo-server: cannot start workers: ") and str(path) in line
    assert ("Permission denied" if there else "No such file or directory") in line
    assert not daemon.control_path.exists()


def exchange(daemon):
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        return client.read_response().status


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_worker_that_dies_is_started_from_the_binary_of_the_start(
    private_binaries, new_daemon, monkeypatch, replaced
):
    path = private_binaries / "demo-server-worker"
    shutil.copy(WORKER, path)
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    daemon.wait_ready()
    (first,) = daemon.worker_pids()
    path.unlink()
    if replaced:
        write_worker(private_binaries, "#!/bin/sh\nexit 7\n")
    os.kill(first, signal.SIGKILL)
    second = daemon.wait_respawned(0, first)
    assert second.last_exit == "killed by SIGKILL"
    assert os.readlink(f"/proc/{second.pid}/exe") == f"{path} (deleted)"
    assert exchange(daemon) == 200
    assert not daemon.monitor.GetStatus().degraded


def test_worker_is_called_by_its_name(start_daemon):
    daemon = start_daemon()
    (pid,) = daemon.worker_pids()
    # As much of it as the kernel keeps, prctl(2) PR_SET_NAME.
    assert Path(f"/proc/{pid}/comm").read_text() == "demo-server-wor\n"
    assert Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0] == str(WORKER).encode()


def test_worker_that_dies_at_start_leaves_the_daemon_up_and_degraded(
    private_binaries, new_daemon, monkeypatch
):
    write_worker(private_binaries, "#!/bin/sh\nexit 7\n")
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    status_when_answering(daemon)
    status = eventually(
        lambda: (s := daemon.monitor.GetStatus()).degraded and s, "the status to say degraded"
    )
    assert status.workers_ready == 0
    assert any("worker 0" in problem for problem in status.problems), status.problems
    worker = daemon.wait_worker(0, lambda w: w.respawns >= 2, "two more attempts")
    assert "7" in worker.last_exit
    assert daemon.democtl("status", check=False).returncode == 0


def test_worker_of_another_build_is_named_as_such(private_binaries, new_daemon, monkeypatch):
    """As after an upgrade without a restart: what the supervisor shares has another size for the worker."""
    write_worker(private_binaries, f'#!/bin/sh\nexec {WORKER} "$@" 4<>/dev/null\n')
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    status_when_answering(daemon)
    cause = "exit status 3: the worker is of another build than its supervisor"
    worker = daemon.wait_worker(0, lambda w: w.respawns >= 1, "an attempt to fail")
    assert worker.last_exit == cause
    assert f"died ({cause}), 0 connections lost" in daemon.log()


def test_worker_that_recovers_makes_the_daemon_whole(private_binaries, new_daemon, monkeypatch):
    flag = private_binaries / "may-start"
    write_worker(private_binaries, f"#!/bin/sh\n[ -e {flag} ] || exit 1\nexec {WORKER} \"$@\"\n")
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    status_when_answering(daemon)
    eventually(lambda: daemon.monitor.GetStatus().degraded, "the status to say degraded")
    flag.touch()
    eventually(lambda: daemon.monitor.GetStatus().workers_ready == 1, "the worker to be ready", seconds=40)
    assert not daemon.monitor.GetStatus().degraded


def test_backoff_grows_between_early_deaths(private_binaries, new_daemon, monkeypatch):
    """Counted by starts, not by the clock: a loop without backoff would start hundreds of times."""
    starts = private_binaries / "starts"
    write_worker(private_binaries, f"#!/bin/sh\necho $$ >>{starts}\nexit 1\n")
    daemon = start_private(new_daemon, private_binaries, monkeypatch)
    status_when_answering(daemon)
    daemon.wait_worker(0, lambda w: w.respawns >= 4, "four attempts more")
    assert len(starts.read_text().split()) < 20
    assert "BACKING_OFF" in str(daemon.workers()[0]) or daemon.workers()[0].respawns >= 4
