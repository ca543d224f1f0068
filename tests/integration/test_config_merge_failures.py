"""A merge of the configuration file that fails, dies on its way, or knows too little: nothing is lost."""

import contextlib
import os
import signal
import subprocess

import proc_facts
import pytest
from edited_file import EditedFile, keep_a_change
from shortage import fill
from waiting import PATIENCE, eventually

@pytest.fixture
def edited(new_daemon):
    return EditedFile(new_daemon()).start()


def test_without_the_base_each_difference_is_to_be_decided(edited):
    keep_a_change(edited)
    edited.daemon.stop()
    (edited.state / "file.json").unlink()
    edited.start()
    assert "which of them were edited since is not known" in edited.daemon.log()
    assert "differs from" in edited.line() and "is not known" in edited.line()
    refused = edited.apply(code=4)
    assert "pools.api.backends.127.0.0.1:10: in the file not there, at run time there" in refused.stdout
    assert "is not known" in refused.stderr and "--prefer" in refused.stderr
    edited.apply("--prefer", "running")
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")


def test_what_came_with_the_file_and_goes_at_run_time_stays_away(edited):
    """Though the daemon died before it had written what it took in."""
    keep_a_change(edited)
    before = (edited.state / "file.json").read_bytes()
    edited.path.write_text(f'{edited.path.read_text()}[[pool.backend]]\naddress = "127.0.0.1:11"\n')
    edited.apply()
    edited.daemon.kill()
    (edited.state / "file.json").write_bytes(before)
    edited.start()
    edited.daemon.democtl("remove-backend", "127.0.0.1:11", "--pool", "api")
    edited.apply()
    assert "127.0.0.1:11" not in edited.daemon.democtl("backends").stdout


@pytest.mark.parametrize("left", ["", "# all that an editor wrote\n\n", "[client_timeouts]\n"])
def test_a_file_that_was_emptied_takes_nothing_away(edited, left):
    """Neither the daemon's own nor one that is sent, but by the way that says that it is meant."""
    whole = edited.path.read_text()
    running = edited.daemon.monitor.GetConfig().running
    edited.path.write_text(left)
    for arguments in ([], ["--dry-run"], ["--prefer", "file"], [edited.path]):
        refused = edited.apply(*arguments, code=2)
        assert f"{edited.path} sets nothing" in refused.stderr
        assert ("config reset --allow-empty" in refused.stderr) == (arguments != [edited.path])
    refused = edited.daemon.democtl("config", "reset", check=False)
    assert refused.returncode == 2 and f"{edited.path} sets nothing" in refused.stderr
    edited.daemon.signal(signal.SIGHUP)
    eventually(lambda: "not applied: " in edited.daemon.log(), "the reload to be refused")
    assert edited.daemon.monitor.GetConfig().running == running
    status = edited.daemon.monitor.GetStatus()
    assert status.degraded and "is not taken: it sets nothing" in status.problems[0]
    assert status.file.file_changes == 0, "the file counts as it was last taken"
    edited.daemon.democtl("config", "reset", "--allow-empty")
    assert not edited.daemon.monitor.GetStatus().degraded
    assert not edited.daemon.monitor.GetConfig().running.pools
    edited.apply()
    edited.path.write_text(whole)
    edited.apply()
    assert edited.daemon.monitor.GetConfig().running == running


def test_nothing_is_no_file(edited):
    running = edited.daemon.monitor.GetConfig().running
    for nothing in ("/dev/null", "-"):
        assert "sets nothing" in edited.apply(nothing, code=2).stderr
    assert edited.daemon.monitor.GetConfig().running == running


def test_a_damaged_base_is_set_aside_and_the_state_is_in_force(edited):
    keep_a_change(edited)
    edited.daemon.stop()
    (edited.state / "file.json").write_text("{")
    edited.start()
    assert edited.daemon.monitor.GetStatus().config_source == "state"
    (aside,) = edited.state.glob("file.json.damaged-*")
    edited.apply("--prefer", "file")
    assert edited.line() == f"equal to {edited.path}"
    status = edited.daemon.monitor.GetStatus()
    (problem,) = [problem for problem in status.problems if str(aside) in problem]
    assert status.degraded and problem.startswith("the kept configuration file could not be used")
    aside.unlink()
    assert not edited.daemon.monitor.GetStatus().degraded


@pytest.mark.parametrize("text", ["foo = 1\n", "[[listener\n", "max_connections = -1\n"])
def test_a_file_that_is_wrong_changes_nothing_and_is_told(edited, text):
    keep_a_change(edited)
    before = edited.daemon.monitor.GetConfig()
    edited.path.write_text(text)
    refused = edited.apply(code=2)
    assert f"{edited.path}:1" in refused.stderr
    assert edited.line().startswith(f"{edited.path} cannot be used: {edited.path}:1")
    assert f"{edited.path}:1" in edited.daemon.democtl_json("status")["file"]["problem"]
    told = edited.daemon.democtl("config", "diff").stderr
    assert f"cannot be used now ({edited.path}:1" in told and "--check-config" in told
    after = edited.daemon.monitor.GetConfig()
    assert (after.generation, after.running, after.file) == (before.generation, before.running, before.file)
    edited.path.unlink()
    assert "No such file" in edited.line()
    assert "No such file" in edited.apply(code=4).stderr


def test_a_file_that_the_next_start_would_refuse_degrades_the_status(edited):
    good = edited.path.read_text()
    for text, place in (
        (f"{good}[[listener\n", ":9:11: "),
        (f"max_connections = -1\nworkers = 3\n{good}", ":1:19: "),
        ("max_connections = 1\n\n  foo = [1 2]\n", ":3:12: "),
        ("[workers]\ncount = 99999\n", ":2:9: "),
        (None, "No such file"),
    ):
        if text is None:
            edited.path.unlink()
        else:
            edited.path.write_text(text)
        status = edited.daemon.monitor.GetStatus()
        (problem,) = [problem for problem in status.problems if "the next start would fail" in problem]
        assert status.degraded and str(edited.path) in problem and "--check-config" in problem, problem
        assert place in problem
        assert "degraded" in edited.daemon.democtl("status").stdout
        edited.path.write_text(good)
        now = edited.daemon.monitor.GetStatus()
        assert not now.degraded and not any("next start" in problem for problem in now.problems)


@pytest.mark.skipif(os.getuid() != 0, reason="needs another user")
def test_a_file_that_the_daemon_may_not_read_is_named(new_daemon):
    daemon = new_daemon()
    edited = EditedFile(daemon)
    for path in (daemon.folder, edited.state, edited.path):
        os.chown(path, 64978, 64978)
    edited.start(user=64978)
    os.chown(edited.path, 0, 0)
    edited.path.chmod(0o600)
    assert "Permission denied" in edited.line()
    refused = edited.apply(code=4)
    assert "Permission denied" in refused.stderr and "uid 64978" in refused.stderr
    # What democtl can read needs no right of the daemon.
    edited.edit('head = "3s"', 'head = "4s"')
    edited.apply(edited.path)
    assert daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 4


def test_a_death_between_state_and_base_loses_nothing_and_collides_with_nothing(edited):
    """The state is written first: what the kill leaves is made by hand, the new state with the old base."""
    keep_a_change(edited)
    base = (edited.state / "file.json").read_bytes()
    edited.edit('head = "3s"', 'head = "4s"')
    edited.apply()
    edited.daemon.kill()
    edited.daemon.control_path.unlink()
    (edited.state / "file.json").write_bytes(base)
    edited.start()
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")
    edited.apply()
    running = edited.daemon.monitor.GetConfig().running
    assert running.client_timeouts.head.seconds == 4 and len(running.pools[0].backends) == 2


@contextlib.contextmanager
def killed_at(pid, system_call, number):
    """The supervisor is killed at the number-th such call of its main thread from now on."""
    killer = subprocess.Popen(
        ["strace", "-qq", "-o", "/dev/null", "-p", str(pid)]
        + ["-e", f"inject={system_call}:signal=KILL:when={number}"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )

    def attached():
        if killer.poll() is not None:
            pytest.skip(f"strace cannot attach: {killer.stdout.read().decode().strip()}")
        return proc_facts.status_number(pid, "TracerPid") == killer.pid

    eventually(attached, "strace to attach")
    yield
    killer.send_signal(signal.SIGINT)
    killer.communicate(timeout=20 * PATIENCE)


# What a merge does in the state directory: for the state, then for the base, a file is written, synced and
# renamed, and the directory is synced.
@pytest.mark.parametrize(
    ("system_call", "number"),
    [("renameat", 1), ("renameat", 2), ("fsync", 1), ("fsync", 2), ("fsync", 3), ("fsync", 4)],
)
def test_a_kill_at_any_moment_of_a_merge_loses_no_change_of_the_file(edited, system_call, number):
    keep_a_change(edited)
    edited.edit('head = "3s"', 'head = "4s"')
    with killed_at(edited.daemon.pid, system_call, number):
        done = edited.daemon.democtl("config", "apply-file", check=False)
    assert done.returncode != 0, "it was not killed"
    edited.daemon.kill()
    edited.daemon.control_path.unlink(missing_ok=True)
    edited.start()
    edited.apply()
    running = edited.daemon.monitor.GetConfig().running
    assert running.client_timeouts.head.seconds == 4 and len(running.pools[0].backends) == 2
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")


def test_a_full_disk_refuses_the_merge_and_it_can_be_made_later(new_daemon, small_disk):
    edited = EditedFile(new_daemon(), small_disk).start()
    keep_a_change(edited)
    kept = [(small_disk / name).read_bytes() for name in ("state.json", "file.json")]
    edited.edit('head = "3s"', 'head = "4s"')
    ballast = fill(small_disk)
    refused = edited.apply(code=1)
    assert "No space left" in refused.stderr
    assert [(small_disk / name).read_bytes() for name in ("state.json", "file.json")] == kept
    assert "1 change in the file not applied" in edited.line()
    ballast.unlink()
    edited.apply()
    edited.restart()
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")
    edited.daemon.stop()


def test_a_base_that_cannot_be_kept_is_told_until_it_is(edited):
    keep_a_change(edited)
    (edited.state / "file.json").unlink()
    (edited.state / "file.json" / "in_the_way").mkdir(parents=True)
    edited.edit('head = "3s"', 'head = "4s"')
    edited.apply()
    status = edited.daemon.monitor.GetStatus()
    assert status.degraded and any("cannot be kept" in problem for problem in status.problems), status
    (edited.state / "file.json" / "in_the_way").rmdir()
    (edited.state / "file.json").rmdir()
    eventually(lambda: not edited.daemon.monitor.GetStatus().degraded, "the base to be kept")
    edited.restart()
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")
