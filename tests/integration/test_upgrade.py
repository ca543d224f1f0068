"""Versions of the daemon follow each other in its place, and no client notices (runs alone).

Clients connect at a fixed pace all the while; what they saw and what the statistics counted is one. Each row
of the table that is printed is an event.
"""

import os
import signal
from pathlib import Path

import grpc
import proc_facts
import pytest
from held_backend import GET, Held, in_background, waiting_clients
from lengths import repetitions
from managed_start import WORKERS
from ports import free_address, text
from preloads import preload
from raw_client import RawClient
from stand_still import stand_still
from upgrades import start, upgrade
from versions import NEXT, THIS, Installed
from waiting import eventually
from witness import Witness


def start_with_failures(managed, *arguments):
    library = preload("failing_version")
    if not library.exists():
        pytest.skip("sanitizers want to be loaded first")
    spoiled = str(managed.daemon.folder / "demo-server.toml")
    return start(managed, *arguments, environment={"LD_PRELOAD": str(library), "DEMO_TEST_SPOILED": spoiled})


def version(daemon):
    return daemon.monitor.GetStatus().version


def runs_what_is_installed(managed):
    """Whether the programs of all processes are those that lie there now."""
    programs = [os.readlink(f"/proc/{pid}/exe") for pid in managed.processes()]
    assert not [program for program in programs if program.endswith(" (deleted)")], programs
    return len(programs) == 1 + WORKERS


def serves(daemon, ending):
    """Whether a version with this ending answers; in between none does."""
    try:
        return version(daemon).endswith(ending)
    except (grpc.RpcError, ValueError):  # the latter where another thread has closed the channel
        daemon.close_api()
        return False


def refused(daemon):
    """What an upgrade says that fails."""
    done = upgrade(daemon, check=False)
    assert done.returncode != 0, done.stdout
    return done.stderr


def same_version(managed):
    upgrade(managed.daemon)


def there_and_back(managed):
    first = version(managed.daemon)
    managed.installed.install(NEXT)
    assert version(managed.daemon) == first
    assert f"version {first}+next" in upgrade(managed.daemon).stdout
    assert version(managed.daemon) == f"{first}+next"
    managed.installed.install(THIS)
    upgrade(managed.daemon)
    assert version(managed.daemon) == first


def ten_in_a_row(managed):
    for turn in range(repetitions(100, 10)):
        managed.installed.install(NEXT if turn % 2 else THIS)
        upgrade(managed.daemon)


def by_signal(managed):
    managed.installed.install(NEXT)
    managed.daemon.signal(signal.SIGUSR2)
    eventually(lambda: serves(managed.daemon, "+next"), "the next version to run")


def with_a_stopped_worker(managed):
    """It drains as soon as it goes on; nobody waits for it."""
    pid = managed.daemon.workers()[0].pid
    stand_still(pid)
    try:
        upgrade(managed.daemon)
    finally:
        os.kill(pid, signal.SIGCONT)


def two_at_once(managed):
    ends = [in_background(lambda: upgrade(managed.daemon, check=False)) for _ in range(2)]
    outcomes = sorted(end().returncode for end in ends)
    assert outcomes[0] == 0, "none of them succeeded"


def upgrades_and_restarts(managed):
    upgrade(managed.daemon)
    managed.restart()
    upgrade(managed.daemon)
    managed.crash()
    upgrade(managed.daemon)


EVENTS = [
    same_version,
    there_and_back,
    ten_in_a_row,
    by_signal,
    with_a_stopped_worker,
    two_at_once,
    upgrades_and_restarts,
]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_client_notices(managed, event):
    addresses = start(managed)
    pid = managed.daemon.pid
    witness = Witness(managed.daemon, addresses)
    event(managed)
    witness.look()
    witness.finish(f"upgrade: {event.__name__}")
    assert event is upgrades_and_restarts or managed.daemon.pid == pid
    managed.wait_alone(WORKERS)
    assert event is by_signal or runs_what_is_installed(managed)
    managed.stop()


def unexecutable(managed):
    managed.installed.break_program(b"\x7fELF of another machine")
    return "cannot be started: Exec format error"


def without_permission(managed):
    managed.installed.break_program(b"", mode=0o644)
    return "Permission denied"


def missing(managed):
    managed.installed.program.unlink()
    return "No such file or directory"


def state_of_another_kind(managed):
    state = managed.daemon.folder / "state" / "state.json"
    managed.daemon.democtl("keepalive", "on")
    state.write_text("not JSON")
    return "the saved state"


def flag_that_is_gone(managed):
    """A version that does not know what it is called with stands for one that lost a flag."""
    managed.installed.install(Path("/bin/false"))
    return "ended with status 1"


def broken_file(managed):
    (managed.daemon.folder / "demo-server.toml").write_text("nonsense = 1")
    return "demo-server.toml"


@pytest.mark.parametrize(
    "spoil",
    [unexecutable, without_permission, missing, state_of_another_kind, flag_that_is_gone, broken_file],
    ids=lambda spoil: spoil.__name__,
)
def test_what_cannot_take_over_changes_nothing(managed, spoil):
    file = managed.daemon.folder / "demo-server.toml"
    file.write_text("")
    addresses = start(managed, "--config", file)
    before = managed.daemon.worker_pids(), managed.daemon.monitor.GetStatus().generation
    witness = Witness(managed.daemon, addresses)
    generations = 1 if spoil is state_of_another_kind else 0
    reason = spoil(managed)
    assert reason in refused(managed.daemon)
    assert managed.daemon.worker_pids() == before[0]
    assert managed.daemon.monitor.GetStatus().generation - before[1] <= generations
    witness.finish(f"no upgrade: {spoil.__name__}")
    managed.stop()


@pytest.mark.parametrize(
    ("failure", "reason"),
    [("rehearsal-crashes", "SIGABRT"), ("rehearsal-hangs", "did not get ready within 10 s")],
)
def test_who_fails_the_rehearsal_changes_nothing(managed, failure, reason):
    addresses = start_with_failures(managed)
    workers = managed.daemon.worker_pids()
    witness = Witness(managed.daemon, addresses)
    managed.failure.write_text(failure)
    assert reason in refused(managed.daemon)
    assert managed.daemon.worker_pids() == workers
    witness.finish(f"no upgrade: {failure}")
    managed.stop()


@pytest.mark.parametrize(
    ("failure", "reason"),
    [("is-killed", "killed by SIGSEGV"), ("workers-end", "no worker of it served in time")],
)
def test_who_does_not_get_to_serve_gives_way_to_the_version_before(managed, failure, reason):
    file = managed.daemon.folder / "demo-server.toml"
    file.write_text("")
    addresses = start_with_failures(managed, "--config", file)
    first = version(managed.daemon)
    witness = Witness(managed.daemon, addresses)
    managed.installed.install(NEXT)
    managed.failure.write_text(failure)
    told = refused(managed.daemon)
    assert reason in told and f"version {first} goes on" in told
    assert version(managed.daemon) == first
    witness.look()
    witness.finish(f"fails after the exec: {failure}")
    # By then the failure has spoilt the file, which the version that came back needs not.
    assert "nonsense" in file.read_text()
    file.write_text("")
    managed.failure.unlink()
    managed.wait_alone(WORKERS)
    eventually(lambda: not proc_facts.zombies(managed.daemon.pid), "all that ended to be reaped")
    upgrade(managed.daemon)
    assert version(managed.daemon) == f"{first}+next"
    managed.wait_alone(WORKERS)
    managed.restart()
    assert managed.daemon.democtl_json("stats")["total"]["requests"] > 0
    managed.stop()


def test_no_change_is_made_that_the_version_before_would_not_know(managed):
    start_with_failures(managed)
    managed.installed.install(NEXT)
    managed.failure.write_text("workers-end")
    end = in_background(lambda: upgrade(managed.daemon, check=False))
    eventually(lambda: serves(managed.daemon, "+next"), "the next version to be on trial")
    change = managed.daemon.democtl("--timeout", "30s", "add-listener", text(free_address()), check=False)
    assert change.returncode != 0, "a change was made that is lost"
    assert "not done, nothing was changed" in change.stderr
    assert end().returncode != 0
    eventually(lambda: not serves(managed.daemon, "+next"), "the version before to go on")
    managed.daemon.democtl("add-listener", text(free_address()))
    assert len(managed.daemon.addresses()) == 3
    managed.stop()


def test_a_version_that_fails_gives_way_at_once_where_a_worker_before_it_dies(managed):
    start_with_failures(managed)
    workers = managed.daemon.worker_pids()
    managed.installed.install(NEXT)
    managed.failure.write_text("workers-end")
    end = in_background(lambda: upgrade(managed.daemon, check=False))
    eventually(lambda: serves(managed.daemon, "+next"), "the next version to be on trial")
    os.kill(workers[0], signal.SIGKILL)
    assert "one of the version before that served in their stead has ended" in end().stderr
    managed.failure.unlink()
    eventually(lambda: not serves(managed.daemon, "+next"), "the version before to go on")
    managed.daemon.wait_respawned(0, workers[0])
    managed.stop()


def test_who_dies_at_once_is_followed_by_the_restarted_unit(managed):
    addresses = start_with_failures(managed)
    witness = Witness(managed.daemon, addresses)
    managed.failure.write_text("dies-at-once")
    told = in_background(lambda: managed.daemon.democtl("upgrade", check=False))
    assert managed.daemon.wait() == -signal.SIGKILL
    managed.failure.unlink()
    managed.daemon.close_api()
    managed.start_again()
    assert told().returncode != 0
    witness.look()
    witness.finish("dies after the exec")
    managed.wait_alone(WORKERS)
    managed.stop()


def test_what_was_changed_at_run_time_stays_though_nothing_saves_it(new_daemon, new_backend):
    daemon = new_daemon()
    daemon.program = Installed(daemon.folder / "bin").program
    daemon.start("-k", "-x", new_backend().text)
    daemon.democtl("add-backend", "127.0.0.1:1", "--weight", "7")
    daemon.democtl("add-listener", text(free_address()))
    config, addresses = daemon.democtl_json("config", "show"), daemon.addresses()
    before = daemon.monitor.GetStatus()
    upgrade(daemon)
    after = daemon.monitor.GetStatus()
    assert daemon.democtl_json("config", "show") == config
    assert daemon.addresses() == addresses
    assert (after.pid, after.started) == (before.pid, before.started)
    assert after.config_source == before.config_source
    assert after.generation == before.generation + 1
    for address in addresses:
        with RawClient(address) as client:
            client.send(GET)
            assert client.read_response().status in (200, 502)


def test_a_listener_that_cannot_be_had_any_more_ends_nothing(managed):
    folder = managed.daemon.folder / "sockets"
    folder.mkdir()
    addresses = start(managed)
    managed.daemon.democtl("add-listener", f"unix:{folder}/http")
    witness = Witness(managed.daemon, addresses)
    (folder / "http").unlink()
    folder.rmdir()
    upgrade(managed.daemon)
    told = managed.daemon.monitor.GetStatus().problems
    assert [problem for problem in told if "its folder does not exist" in problem], told
    witness.finish("upgrade: a listener's folder is gone")
    folder.mkdir()
    eventually(lambda: (folder / "http").exists(), "the listener to be there again")
    managed.stop()


def test_the_path_that_the_daemon_was_called_by_leads_to_the_next_version(new_daemon):
    daemon = new_daemon()
    for name, program in (("first", THIS), ("second", NEXT)):
        Installed(daemon.folder / name).install(program)
    current = daemon.folder / "current"
    current.symlink_to("first")
    daemon.program = current / "demo-server"
    daemon.start()
    current.unlink()
    current.symlink_to("second")
    assert "+next in the place of" in upgrade(daemon).stdout


def test_the_status_says_that_the_last_upgrade_failed(managed):
    start_with_failures(managed)
    managed.installed.install(NEXT)
    managed.failure.write_text("is-killed")
    refused(managed.daemon)
    assert "failed: it was killed by SIGSEGV" in managed.daemon.democtl("status").stdout
    managed.stop()


def test_events_go_on_without_a_gap(managed):
    start(managed)
    upgrade(managed.daemon)
    managed.daemon.democtl("keepalive", "off")
    upgrade(managed.daemon)
    kept = managed.daemon.monitor.WatchEvents(after_sequence=0, follow=False)
    events = [response.event.sequence for response in kept]
    assert events == list(range(events[0], events[0] + len(events)))
    told = managed.daemon.democtl("events").stdout
    assert told.count("has taken the place of") == 2 and "keepalive" in told
    managed.stop()


def test_a_drain_goes_on_to_its_end(managed, new_backend):
    script = Held()
    backend, other = new_backend(script), new_backend()
    start(managed, "-x", backend.text)
    with waiting_clients(managed.daemon, backend, 2) as clients:
        managed.daemon.democtl("add-backend", other.text)
        managed.daemon.democtl("remove-backend", backend.text, "--drain", "60s")
        upgrade(managed.daemon)
        names = [b.backend.endpoint for b in managed.daemon.monitor.ListBackends().backends]
        assert backend.text in names, "removed before its requests were answered"
        script.release.set()
        assert {client.read_response().body for client in clients} == {b"late"}
    eventually(
        lambda: [b.backend.endpoint for b in managed.daemon.monitor.ListBackends().backends] == [other.text],
        "the backend to be removed",
    )
    managed.stop()


def test_a_backend_that_was_down_is_down(managed, new_backend):
    dead = text(free_address())
    start(managed, "-x", new_backend().text)
    managed.daemon.democtl("set-pool", "default", "--health", "tcp")
    managed.daemon.democtl("add-backend", dead)

    def down():
        (found,) = [b for b in managed.daemon.monitor.ListBackends().backends if b.backend.endpoint == dead]
        return found.members and not found.members[0].up

    eventually(down, "the backend to be down")
    upgrade(managed.daemon)
    assert down()
    managed.stop()


def test_no_upgrade_leaves_anything_behind(managed):
    start(managed)

    def held():
        """What the store and the supervisor hold once everybody who is to leave has left."""
        managed.wait_alone(WORKERS)
        return managed.store.kinds(), len(proc_facts.open_descriptors(managed.daemon.pid))

    upgrade(managed.daemon)
    first = held()
    for _ in range(repetitions(100, 10)):
        upgrade(managed.daemon)
    eventually(lambda: held() == first, f"{first} to be all that is held")
    managed.stop()
