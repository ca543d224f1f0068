"""What the unit runs before each stop tells the supervisor of restarts alone, and fails at nothing."""

import os
import signal
import subprocess
import threading
from pathlib import Path

import pytest
from waiting import PATIENCE

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
HELPER = SOURCE / "systemd" / "announce-restart"
UNIT = "demo-server.service"
JOBS = {
    "restart": "1801 other.socket restart waiting\n1802 demo-server.service restart running",
    "stop": "1802 demo-server.service stop running",
    "of another unit": "1801 not-demo-server.service restart running\n1802 demo-server.service stop running",
    "of its sockets": "1802 demo-server.service restart running\n1803 demo-server.socket restart waiting",
    "as sockets stop": "1801 demo-server.socket stop waiting\n1802 demo-server.service restart running",
    "none": "",
}


@pytest.fixture
def supervisor():
    """A process that any signal ends, and that somebody waits for as the manager would."""
    process = subprocess.Popen(["sleep", "1000"])
    waiting = threading.Thread(target=process.wait)
    waiting.start()
    yield process
    process.kill()
    waiting.join()


def manager(folder, script):
    """The environment in which this is systemctl."""
    program = folder / "systemctl"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return {**os.environ, "PATH": f"{folder}:{os.environ['PATH']}"}


def announce(environment, *arguments):
    done = subprocess.run(
        [str(HELPER), *map(str, arguments)],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("jobs", JOBS)
def test_a_restart_of_this_unit_is_announced_and_nothing_else(tmp_path, supervisor, jobs):
    announce(manager(tmp_path, f"echo '{JOBS[jobs]}'"), UNIT, supervisor.pid)
    if jobs == "restart":
        assert supervisor.wait(20 * PATIENCE) == -signal.SIGRTMIN
    else:
        assert supervisor.poll() is None


@pytest.mark.parametrize("script", ["exit 1", "exec sleep 1000"], ids=["fails", "does not answer"])
def test_where_the_manager_tells_nothing_it_is_a_stop(tmp_path, supervisor, script):
    announce(manager(tmp_path, script), UNIT, supervisor.pid)
    assert supervisor.poll() is None


def test_a_supervisor_that_does_not_leave_is_not_waited_for_for_ever(tmp_path):
    """Nor one that has left already."""
    stays = subprocess.Popen(
        ["sh", "-c", "trap : RTMIN; echo; while :; do sleep 0.1; done"], stdout=subprocess.PIPE
    )
    restart = manager(tmp_path, f"echo '{JOBS['restart']}'")
    try:
        stays.stdout.readline()
        announce(restart, UNIT, stays.pid)
        assert stays.poll() is None
    finally:
        stays.kill()
        stays.communicate()
    announce(restart, UNIT, stays.pid)


def test_without_a_supervisor_nobody_is_told(tmp_path):
    restart = manager(tmp_path, f"echo '{JOBS['restart']}'")
    announce(restart)
    announce(restart, UNIT)
    announce(restart, UNIT, "")
    announce(restart, UNIT, "-1")
