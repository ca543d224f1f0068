"""The unit lets the daemon open no netlink socket; pass-sock-diag has the service manager pass the one."""

import contextlib
import errno
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import proc_facts
import pytest
import without_netlink
from daemon_process import BUILD
from held_backend import in_background
from managed_start import WORKERS
from ports import free_address, text
from preloads import preload
from upgrades import start, upgrade
from versions import NEXT
from waiting import PATIENCE, eventually

PASS = BUILD / "daemon" / "pass-sock-diag"
DIAGNOSIS = 4  # NETLINK_SOCK_DIAG
GRACE = 3  # seconds for handshakes that nobody tells of: limits::kSocketRetireGrace


def run_pass(*arguments, **environment):
    told = {name: value for name, value in os.environ.items() if name != "NOTIFY_SOCKET"}
    return subprocess.run(
        [str(PASS), *arguments],
        env={**told, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60 * PATIENCE,
    )


def diagnosis_sockets(pid):
    """How many descriptors of sock_diag(7) a process has."""
    inodes = set()
    for line in Path(f"/proc/{pid}/net/netlink").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1]) == DIAGNOSIS:
            inodes.add(f"socket:[{fields[-1]}]")
    return [what in inodes for what in proc_facts.open_descriptors(pid).values()].count(True)


@pytest.fixture
def confined(managed):
    """A managed daemon, and its later ones, under the unit's restriction."""
    managed.confined_by = [sys.executable, "-ISB", without_netlink.__file__]
    return managed


@pytest.fixture
def service(confined):
    """The same as the unit has it."""
    confined.before_start = [[str(PASS)]]
    start(confined)
    return confined


@contextlib.contextmanager
def foreign_listener():
    """The address of a socket of this process."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield text(listening.getsockname())


def names_another_program(daemon):
    """Whether it knows who has the address of a new listener, which sock_diag alone tells."""
    with foreign_listener() as taken:
        refused = daemon.democtl("add-listener", taken, check=False)
    assert refused.returncode == 4, refused.stdout + refused.stderr
    return re.search(rf"process {os.getpid()}\b", refused.stdout + refused.stderr) is not None


def seconds_until_free(daemon):
    """How long the address of a listener stays taken after its removal."""
    address = free_address()
    daemon.democtl("add-listener", text(address))
    daemon.democtl("remove-listener", text(address))
    begin = time.monotonic()

    def bind():
        with socket.socket() as other:
            other.bind(address)
        return True

    eventually(bind, "the address to be free")
    return time.monotonic() - begin


def restart(managed):
    managed.restart()


def crash(managed):
    managed.crash()


def upgrade_in_place(managed):
    upgrade(managed.daemon)


def upgrade_and_come_back(managed):
    managed.installed.install(NEXT)
    upgrade(managed.daemon)


def all_in_turn(managed):
    for event in (upgrade_in_place, crash, restart, upgrade_and_come_back, restart, crash, crash):
        event(managed)


EVENTS = [restart, crash, upgrade_in_place, upgrade_and_come_back, all_in_turn]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_the_daemon_has_the_one_that_was_passed_and_nobody_a_second(service, event):
    daemon = service.daemon
    for happens in (lambda managed: None, event):
        happens(service)
        assert names_another_program(daemon)
        eventually(lambda: service.store.names()["diag"] == 0, "the manager to have dropped its copy")
        assert diagnosis_sockets(daemon.pid) == 1
        assert [diagnosis_sockets(worker.pid) for worker in daemon.workers()] == [0] * WORKERS
    assert "sock_diag" not in daemon.log()


def test_the_address_of_a_removed_listener_is_free_at_once(service):
    assert min(seconds_until_free(service.daemon) for _ in range(3)) < GRACE


def test_the_daemon_knows_its_own_addresses_without_netlink(service):
    daemon = service.daemon
    port = free_address()[1]
    daemon.democtl("add-pool", "loop")
    daemon.democtl("add-listener", f"0.0.0.0:{port}", "--mode", "proxy", "--pool", "loop")
    refused = daemon.democtl("add-backend", f"127.0.0.1:{port}", "--pool", "loop", check=False)
    assert refused.returncode != 0 and "would never end" in refused.stdout + refused.stderr


def test_a_first_start_with_one_is_no_takeover(service):
    told = service.daemon.log()
    assert "begin anew" not in told and "took over" not in told


def test_without_one_the_daemon_serves_and_waits_for_handshakes(confined):
    start(confined)
    assert diagnosis_sockets(confined.daemon.pid) == 0
    assert not names_another_program(confined.daemon)
    assert seconds_until_free(confined.daemon) > 0
    upgrade(confined.daemon)
    assert diagnosis_sockets(confined.daemon.pid) == 0


def test_a_daemon_that_may_open_its_own_goes_on_with_it_after_an_upgrade(managed):
    """As one that an older unit has started."""
    start(managed)
    assert names_another_program(managed.daemon)
    upgrade(managed.daemon)
    assert names_another_program(managed.daemon)
    assert diagnosis_sockets(managed.daemon.pid) == 1


def test_a_rehearsal_does_not_get_it(confined):
    if not preload("failing_version").exists():
        pytest.skip("sanitizers want to be loaded first")
    confined.before_start = [[str(PASS)]]
    start(confined, environment={"LD_PRELOAD": str(preload("failing_version"))})
    daemon = confined.daemon
    before = proc_facts.children(daemon.pid)
    confined.failure.write_text("rehearsal-hangs")
    end = in_background(lambda: upgrade(daemon, check=False))

    def rehearsal():
        for pid in set(proc_facts.children(daemon.pid)) - set(before):
            if "--rehearse" in Path(f"/proc/{pid}/cmdline").read_text():
                return pid
        return None

    pid = eventually(rehearsal, "the rehearsal to have begun")
    given = proc_facts.open_descriptors(pid)
    assert "memfd:demo-run-state" in " ".join(given.values())
    assert diagnosis_sockets(pid) == 0
    assert end().returncode != 0
    assert names_another_program(daemon)


def test_what_is_no_such_socket_is_closed_and_said_once(confined):
    with socket.socket() as other:
        confined.passed = [("diag", other)]
        start(confined)
        daemon = confined.daemon
        told = "the descriptor diag that was passed"
        assert daemon.log().count(told) == 1
        assert not names_another_program(daemon)
        inode = f"socket:[{os.fstat(other.fileno()).st_ino}]"
        assert inode not in proc_facts.open_descriptors(daemon.pid).values()
        confined.passed = []
        confined.before_start = [[str(PASS)]]
        confined.restart()
        assert daemon.log().count(told) == 1
        assert names_another_program(daemon)


def test_starts_that_fail_leave_one_in_the_store(new_managed):
    store = new_managed().store
    for _ in range(3):
        done = run_pass(NOTIFY_SOCKET=store.path)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
        assert store.names() == {"diag": 1}


def test_the_socket_is_there_as_soon_as_the_program_has_ended(new_managed):
    store = new_managed().store
    for _ in range(20):
        store.clear()
        assert run_pass(NOTIFY_SOCKET=store.path).returncode == 0
        assert store.names_by_now() == ["diag"]


def test_by_hand_it_says_what_it_is_for():
    shown = run_pass("--help")
    assert shown.returncode == 0 and "sock_diag(7)" in shown.stdout and shown.stderr == ""
    alone = run_pass()
    assert alone.returncode == 1 and "there is no service manager" in alone.stderr
    wrong = run_pass("--nonsense")
    assert wrong.returncode == 2 and "usage: pass-sock-diag" in wrong.stderr
    nobody = run_pass(NOTIFY_SOCKET="/nonexistent")
    assert nobody.returncode == 1 and os.strerror(errno.ENOENT) in nobody.stderr
