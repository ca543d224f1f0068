"""Programs that are started with descriptors 0 to 2 closed: nothing that they open takes the place of one."""

import itertools
import os
import signal
import subprocess

import pytest
from daemon_process import BUILD, DEMOCTL, SERVER
from proc_facts import children
from waiting import PATIENCE, eventually

WORKER = BUILD / "daemon" / "demo-server-worker"
CLOSED = {0: "<&-", 1: ">&-", 2: "2>&-"}
SETS = [chosen for size in (1, 2, 3) for chosen in itertools.combinations(CLOSED, size)]


def without(descriptors, *command):
    """The command as a shell starts it with these descriptors closed."""
    closing = " ".join(CLOSED[descriptor] for descriptor in descriptors)
    return ["sh", "-c", f'exec "$@" {closing}', "sh", *map(str, command)]


def run(descriptors, *command):
    return subprocess.run(
        without(descriptors, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60 * PATIENCE,
    )


def leads_to(pid, descriptor):
    return os.readlink(f"/proc/{pid}/fd/{descriptor}")


@pytest.mark.parametrize("descriptors", SETS, ids=str)
def test_supervisor_and_workers_have_dev_null_there(tmp_path, descriptors):
    target = f"unix://{tmp_path}/control.sock"
    command = (SERVER, "--control", target, "--workers", "1", "--listen", "127.0.0.1:0")
    with subprocess.Popen(
        without(descriptors, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as daemon:
        try:
            status = (DEMOCTL, "--target", target, "status")
            eventually(lambda: "1 of 1 ready" in run((), *status).stdout, "the worker")
            workers = children(daemon.pid)
            assert len(workers) == 1
            for pid in (daemon.pid, *workers):
                assert {leads_to(pid, descriptor) for descriptor in descriptors} == {"/dev/null"}
        finally:
            daemon.send_signal(signal.SIGTERM)
            daemon.communicate(timeout=45 * PATIENCE)
    assert daemon.returncode == 0


@pytest.mark.parametrize(
    "command",
    [
        (DEMOCTL, "status"),
        (DEMOCTL, "config", "show"),
        (DEMOCTL, "stats", "--watch", "--interval", "100ms", "-o", "csv"),
        (DEMOCTL, "events", "--follow"),
        (DEMOCTL, "--help"),
        (SERVER, "--version"),
        (SERVER, "--check-config"),
    ],
    ids=lambda command: " ".join([command[0].name, *command[1:]]),
)
@pytest.mark.parametrize("descriptors", [(1,), (0, 1), (0, 1, 2)], ids=str)
def test_closed_standard_output_is_a_failure(start_daemon, command, descriptors):
    program, *words = command
    if program == DEMOCTL:
        words = ["--target", f"unix://{start_daemon().control_path}", *words]
    done = run(descriptors, program, *words)
    assert done.returncode == 1, done
    if 2 in descriptors:
        assert done.stderr == ""
    else:
        assert done.stderr.count("\n") == 1 and "standard output cannot be written" in done.stderr


def test_closed_standard_input_cannot_be_read(start_daemon):
    target = f"unix://{start_daemon().control_path}"
    done = run((0,), DEMOCTL, "--target", target, "config", "apply", "-")
    assert done.returncode == 2
    assert done.stderr == "democtl: FILE: standard input cannot be read: Bad file descriptor\n"


def test_closed_standard_error_takes_nothing(start_daemon):
    target = f"unix://{start_daemon().control_path}"
    done = run((2,), DEMOCTL, "--target", target, "remove-pool", "nobody")
    assert (done.returncode, done.stdout, done.stderr) == (3, "", "")
    assert run((0, 1, 2), WORKER).returncode == 2
