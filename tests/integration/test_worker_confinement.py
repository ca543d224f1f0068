"""What a worker may do once it serves: nothing beyond it, whoever may have taken it over."""

import contextlib
import errno
import os
import pwd

import pytest
from ports import free_address, text
from preloads import preload
from proc_facts import status_number
from raw_client import RawClient, get
from scripted_backend import ScriptedBackend, serve_always
from waiting import eventually

pytestmark = pytest.mark.skipif(
    not preload("taken_over_worker").exists(), reason="workers under a sanitizer are not confined"
)

# Names of attempts that serving needs itself.
LET = {"tcp-socket", "unix-socket"}
ATTEMPTS_MIN = 45

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give workers to another user")


def taken_over(new_daemon, findings, **environment):
    """A daemon whose worker tries everything when its first client comes."""
    daemon = new_daemon()
    return daemon.start(
        environment={
            "LD_PRELOAD": str(preload("taken_over_worker")),
            "DEMO_TEST_FINDINGS": str(findings),
            **environment,
        }
    )


def test_what_serving_does_not_take_is_refused(new_daemon, tmp_path):
    findings = tmp_path / "findings"
    daemon = taken_over(new_daemon, findings)
    pid = daemon.worker_pids()[0]
    assert get(daemon.address).status == 200
    eventually(lambda: findings.read_text().endswith("done\n"), "the worker to have tried")
    tried = [line.split() for line in findings.read_text().splitlines()[:-1]]
    assert len(tried) >= ATTEMPTS_MIN
    assert {name for name, number in tried if number == "0"} == LET
    others = {name: errno.errorcode[int(number)] for name, number in tried if name not in LET}
    assert set(others.values()) == {"EPERM"}, others
    # It serves on, with its descriptors as they were.
    assert get(daemon.address).status == 200
    assert daemon.worker_pids() == [pid]


@pytest.mark.parametrize(
    "attempt", ["execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "x32"]
)
def test_what_no_library_tries_ends_the_worker(new_daemon, tmp_path, attempt):
    if attempt == "x32" and os.uname().machine != "x86_64":
        pytest.skip("there is one way to make system calls here")
    findings = tmp_path / "findings"
    daemon = taken_over(new_daemon, findings, DEMO_TEST_DEADLY=attempt)
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        eventually(lambda: daemon.workers()[0].last_exit == "killed by SIGSYS", "its end")
    assert findings.read_text() == ""


def test_status_and_kernel_agree_on_what_is_in_force(start_daemon):
    daemon = start_daemon(workers=2)
    status = daemon.democtl_json("status")
    assert status["problems"] == []
    told = status["worker_confinement"]
    for worker in daemon.democtl_json("workers")["workers"]:
        pid = worker["pid"]
        assert worker["confinement"] == told
        assert told["no_capabilities"] and told["no_new_privileges"]
        with open(f"/proc/{pid}/status", encoding="ascii") as facts:
            sets = {line.split()[0]: line.split()[1] for line in facts if line.startswith("Cap")}
        bounding = sets.pop("CapBnd:")
        assert set(sets.values()) == {"0" * 16}
        # Whoever may not change what it is bound by has been bound by who started it.
        assert os.geteuid() != 0 or bounding == "0" * 16
        assert status_number(pid, "NoNewPrivs") == 1
        assert told["system_calls_filtered"] and status_number(pid, "Seccomp") == 2
        with open(f"/proc/{pid}/limits", encoding="ascii") as limits:
            core = next(line for line in limits if line.startswith("Max core file size"))
        assert told["no_dumps"] and core.split()[4:6] == ["0", "0"]
        assert told["uid"] == status_number(pid, "Uid")


def test_what_is_added_and_restarted_later_is_served(new_daemon):
    daemon, behind = new_daemon(), new_daemon()
    daemon.folder.chmod(0o755)
    behind.folder.chmod(0o755)
    path = behind.folder / "web.sock"
    behind.start(listen=[f"unix:{path}"])
    path.chmod(0o666)
    daemon.start("-k", workers=2)
    port, own_path = text(free_address()), daemon.folder / "own.sock"
    with contextlib.closing(ScriptedBackend(serve_always(b"by port"))) as backend:
        daemon.democtl("add-pool", "ports")
        daemon.democtl("add-backend", backend.text, "--pool", "ports")
        daemon.democtl("add-listener", port, "--mode", "proxy", "--pool", "ports")
        daemon.democtl("add-pool", "paths")
        daemon.democtl("add-backend", f"unix:{path}", "--pool", "paths")
        daemon.democtl("add-listener", f"unix:{own_path}", "--mode", "proxy", "--pool", "paths")
        for _ in range(2):
            by_port, by_path = get(daemon.addresses()[1]), get(daemon.addresses()[2])
            assert (by_port.status, by_port.body) == (200, b"by port")
            assert (by_path.status, by_path.body) == (200, b"OK\n")
            before = daemon.worker_pids()
            daemon.democtl("restart-worker", "--all")
            assert not set(before) & set(daemon.worker_pids())


@needs_root
def test_workers_of_root_are_another_user(start_daemon):
    try:
        expected = pwd.getpwnam("demo-server")
    except KeyError:
        expected = pwd.getpwnam("nobody")
    daemon = start_daemon()
    pid = daemon.worker_pids()[0]
    assert status_number(pid, "Uid") == daemon.monitor.GetStatus().worker_confinement.uid == expected.pw_uid
    assert status_number(pid, "Gid") == expected.pw_gid
    with open(f"/proc/{pid}/status", encoding="ascii") as facts:
        assert "Groups:" in [line.strip() for line in facts]
    assert get(daemon.address).status == 200


@needs_root
def test_workers_become_the_user_that_is_named(start_daemon):
    named = pwd.getpwnam("daemon").pw_uid
    assert status_number(start_daemon("--worker-user", "daemon").worker_pids()[0], "Uid") == named
    assert status_number(start_daemon("--worker-user", "root").worker_pids()[0], "Uid") == 0


@needs_root
def test_a_worker_goes_where_its_user_may_and_nowhere_else(new_daemon):
    behind = new_daemon()
    behind.folder.chmod(0o755)
    path = behind.folder / "web.sock"
    behind.start(listen=[f"unix:{path}"])
    path.chmod(0o600)
    for user, status in (("nobody", 502), ("root", 200)):
        daemon = new_daemon().start("--worker-user", user, "-x", f"unix:{path}")
        assert get(daemon.address).status == status


@needs_root
def test_what_this_host_refuses_is_told_once(start_daemon):
    """A user namespace that knows root alone."""
    daemon = start_daemon(workers=2, started_by=("unshare", "--map-root-user"))
    refused = "the user cannot be changed: Operation not permitted"
    assert f"workers are confined in part: {refused}" in daemon.democtl_json("status")["problems"]
    daemon.democtl("restart-worker", "--all")
    assert daemon.log().count(refused) == 1
    told = daemon.monitor.GetStatus().worker_confinement
    assert (told.uid, told.no_capabilities, told.system_calls_filtered) == (0, True, True)
    assert get(daemon.address).status == 200
