"""Changes survive restarts, and a full disk or a damaged file never takes the daemon down."""

import json
import os
import shutil
import signal
import subprocess

import grpc
import pytest
from control_api import enum
from held_backend import Held, in_background, waiting_clients
from ports import free_address, text
from raw_client import get
from shortage import fill
from waiting import eventually


def state_flags(daemon):
    folder = daemon.folder / "state"
    folder.mkdir(exist_ok=True)
    return "--state-dir", folder


def test_changes_survive_a_restart_and_a_kill(new_daemon):
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags)
    assert daemon.monitor.GetStatus().persistent
    added = free_address()
    daemon.control.AddListener(listener={"address": text(added)})
    daemon.control.AddBackend(pool="other", backend={"endpoint": "127.0.0.1:9", "weight": 7})
    daemon.stop()
    daemon.start(*flags)
    assert get(added).status == 200
    backend = daemon.monitor.ListBackends().backends[0]
    assert (backend.pool, backend.backend.weight) == ("other", 7)
    daemon.control.SetKeepalive(client={"enabled": True})
    daemon.kill()
    daemon.start(*flags)
    assert daemon.monitor.GetStatus().client_keepalive
    assert daemon.monitor.GetStatus().config_source == "state"
    assert "state" in daemon.log()


def test_without_a_state_directory_nothing_is_kept(new_daemon):
    daemon = new_daemon()
    daemon.start()
    daemon.control.SetKeepalive(client={"enabled": True})
    assert not daemon.monitor.GetStatus().persistent
    daemon.stop()
    daemon.start()
    assert not daemon.monitor.GetStatus().client_keepalive


@pytest.mark.parametrize("damage", ["", "{", "[]", '{"listeners": 7}', "\0" * 100])
def test_damaged_file_is_set_aside_and_the_daemon_starts(new_daemon, damage):
    daemon = new_daemon()
    flags = state_flags(daemon)
    state = daemon.folder / "state" / "state.json"
    state.write_text(damage)
    daemon.start(*flags)
    assert get(daemon.address).status == 200
    assert daemon.monitor.GetStatus().config_source != "state"
    assert "state.json" in daemon.log()
    kept = [
        path for path in state.parent.iterdir() if path.name != "state.json" and path.read_text() == damage
    ]
    assert kept, list(state.parent.iterdir())


def test_state_of_other_cores_and_a_later_version_is_in_force(new_daemon):
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags)
    added = free_address()
    daemon.control.AddListener(listener={"address": text(added)})
    daemon.stop()
    state = daemon.folder / "state" / "state.json"
    saved = json.loads(state.read_text())
    saved["workers"] = {"cores": [4095]}
    saved["listeners"][0]["colour"] = "red"
    state.write_text(json.dumps(saved))
    daemon.start(*flags)
    assert get(added).status == 200
    status = daemon.monitor.GetStatus()
    assert (status.config_source, status.workers, status.degraded) == ("state", 1, True)
    assert any("core 4095 does not exist here" in problem for problem in status.problems), status
    assert any("listeners[0].colour" in problem for problem in status.problems), status


def test_state_that_cannot_be_used_is_named_until_it_is_removed(new_daemon):
    daemon = new_daemon()
    flags = state_flags(daemon)
    (daemon.folder / "state" / "state.json").write_text("{")
    daemon.start(*flags)
    (aside,) = (daemon.folder / "state").glob("state.json.damaged-*")
    status = daemon.monitor.GetStatus()
    assert status.degraded and any(str(aside) in problem for problem in status.problems), status
    aside.unlink()
    assert not daemon.monitor.GetStatus().degraded


def move_away(folder):
    folder.rename(folder.with_name("elsewhere"))


def put_another_in_its_place(folder):
    move_away(folder)
    folder.mkdir()


def put_a_folder_in_the_way_of_a_save(folder):
    (folder / "state.json.new" / "full").mkdir(parents=True)


@pytest.mark.parametrize(
    ("spoil", "told_before_a_change"),
    [(move_away, True), (put_another_in_its_place, True), (put_a_folder_in_the_way_of_a_save, False)],
)
def test_state_directory_that_keeps_nothing_any_more_is_named_until_it_does(
    new_daemon, spoil, told_before_a_change
):
    daemon = new_daemon()
    daemon.start(*state_flags(daemon))
    folder = daemon.folder / "state"
    daemon.control.SetKeepalive(client={"enabled": True})
    assert not daemon.monitor.GetStatus().degraded
    spoil(folder)
    if not told_before_a_change:
        with pytest.raises(grpc.RpcError):
            daemon.control.SetKeepalive(client={"enabled": False})
    status = daemon.monitor.GetStatus()
    assert status.degraded and any(str(folder) in problem for problem in status.problems), status
    assert "degraded" in daemon.democtl("status").stdout
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    daemon.control.SetKeepalive(client={"enabled": False})
    status = daemon.monitor.GetStatus()
    assert not status.degraded, status


def test_generations_go_on_after_a_restart_and_a_kill(new_daemon):
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags)
    before = daemon.control.SetKeepalive(client={"enabled": True}).result.generation
    daemon.stop()
    daemon.start(*flags)
    after = daemon.monitor.GetStatus().generation
    assert after > before
    with pytest.raises(grpc.RpcError) as refused:
        daemon.control.SetKeepalive(client={"enabled": False}, options={"expected_generation": before})
    assert refused.value.code() == grpc.StatusCode.ABORTED
    daemon.kill()
    daemon.start(*flags)
    assert daemon.monitor.GetStatus().generation > after


DAMAGE = {
    "huge": b"18446744073709551615\n",
    "negative": b"-5\n",
    "empty": b"",
    "cut": b"10",
    "no number": b"x" * 60000,
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_a_damaged_generation_lets_none_come_again(new_daemon, damage):
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags)
    path = next(daemon.folder.rglob("generation"))
    before = daemon.control.SetKeepalive(client={"enabled": True}).result.generation
    daemon.stop()
    path.write_bytes(damage)
    daemon.start(*flags)
    after = daemon.monitor.GetStatus()
    assert after.generation > before and not after.degraded
    daemon.stop()
    daemon.start(*flags)
    assert daemon.monitor.GetStatus().generation > after.generation


def test_a_generation_that_cannot_be_kept_is_in_the_status_until_it_is(new_daemon):
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags)
    path = next(daemon.folder.rglob("generation"))
    before = daemon.control.SetKeepalive(client={"enabled": True}).result.generation
    daemon.stop()
    path.unlink()
    path.mkdir()
    daemon.start(*flags)
    status = daemon.monitor.GetStatus()
    assert status.generation > before
    assert status.degraded and any("may come again" in problem for problem in status.problems), status
    assert daemon.log().count("may come again") == 1
    path.rmdir()
    eventually(lambda: not daemon.monitor.GetStatus().degraded, "the generation to be kept")
    assert int(path.read_text()) >= status.generation


def test_state_file_is_readable_json(new_daemon):
    daemon = new_daemon()
    daemon.start(*state_flags(daemon))
    daemon.control.SetKeepalive(client={"enabled": True})
    state = json.loads((daemon.folder / "state" / "state.json").read_text())
    assert isinstance(state, dict) and "127.0.0.1" in json.dumps(state)


def test_full_disk_refuses_the_change_and_keeps_the_last_state(new_daemon, small_disk):
    daemon = new_daemon()
    flags = ("--state-dir", small_disk)
    daemon.start(*flags)
    daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:9"})
    saved = (small_disk / "state.json").read_bytes()
    generation = daemon.monitor.GetStatus().generation
    ballast = fill(small_disk)
    with pytest.raises(grpc.RpcError) as refused:
        daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:10"})
    assert refused.value.code() == grpc.StatusCode.RESOURCE_EXHAUSTED, refused.value.details()
    assert (small_disk / "state.json").read_bytes() == saved
    assert daemon.monitor.GetStatus().generation == generation
    assert [b.backend.endpoint for b in daemon.monitor.ListBackends().backends] == ["127.0.0.1:9"]
    assert any("could not be saved" in problem for problem in daemon.monitor.GetStatus().problems)
    ballast.unlink()
    eventually(lambda: not daemon.monitor.GetStatus().degraded, "the disk to be tried again")
    daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:10"})
    daemon.stop()
    daemon.start(*flags)
    assert daemon.monitor.GetStatus().backends == 2
    daemon.stop()


def test_a_state_folder_that_is_writable_again_is_found_so_without_a_change(new_daemon, small_disk):
    daemon = new_daemon()
    daemon.start("--state-dir", small_disk)
    daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:9"})
    remount = ["mount", "-o", "remount,ro", str(small_disk)]
    subprocess.run(remount, check=True)
    with pytest.raises(grpc.RpcError):
        daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:10"})
    assert any("Read-only file system" in problem for problem in daemon.monitor.GetStatus().problems)
    subprocess.run([*remount[:2], "remount,rw", remount[-1]], check=True)
    eventually(lambda: not daemon.monitor.GetStatus().degraded, "the folder to be tried again")
    assert not list(small_disk.glob("*.new"))
    daemon.stop()


def test_state_folder_without_rights_is_one_sentence(new_daemon, tmp_path):
    missing = tmp_path / "missing" / "deeper"
    daemon = new_daemon()
    daemon.start("--state-dir", missing, wait=False)
    assert daemon.wait(30) in (1, 2)
    assert str(missing) in daemon.log()
    daemon.process = None


def test_sighup_leaves_a_saved_state_that_a_restart_finds(new_daemon, tmp_path):
    """After a reload the file's word holds, in the running daemon and after a restart."""
    config = tmp_path / "demo-server.toml"
    config.write_text('[[listener]]\naddress = "127.0.0.1:0"\n')
    daemon = new_daemon()
    flags = ("--config", config, *state_flags(daemon))
    daemon.start(*flags, listen=())
    daemon.control.SetKeepalive(client={"enabled": True})
    os.kill(daemon.pid, signal.SIGHUP)
    eventually(lambda: not daemon.monitor.GetStatus().client_keepalive, "the file's keepalive")
    daemon.stop()
    daemon.start(*flags, listen=())
    assert not daemon.monitor.GetStatus().client_keepalive


def test_removal_that_cannot_be_saved_is_made_when_it_can_be(new_daemon):
    daemon = new_daemon()
    flags, folder = state_flags(daemon), daemon.folder / "state"
    daemon.start(*flags)
    daemon.control.AddBackend(pool="other", backend={"endpoint": "127.0.0.1:9"})
    in_the_way = folder / "state.json.new"
    in_the_way.mkdir()
    removal = ["remove-backend", "127.0.0.1:9", "--pool", "other", "--drain", "1s", "--wait"]
    refused = daemon.democtl(*removal, check=False)
    assert refused.returncode != 0 and "tried again until it succeeds" in refused.stderr
    assert len(daemon.monitor.ListBackends().backends) == 1
    in_the_way.rmdir()
    eventually(lambda: not daemon.monitor.ListBackends().backends, "the removal")
    assert "127.0.0.1:9" not in (folder / "state.json").read_text()


def test_removal_that_the_end_of_the_daemon_overtakes_is_told_and_not_made(new_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = new_daemon()
    flags = state_flags(daemon)
    daemon.start(*flags, "-x", backend.text)
    removal = ["remove-backend", backend.text, "--drain", "1h", "--wait"]
    with waiting_clients(daemon, backend, 1) as (client,):
        before = daemon.monitor.GetStatus().generation
        removed = in_background(lambda: daemon.democtl(*removal, check=False))
        eventually(lambda: daemon.monitor.GetStatus().generation > before, "the drain")
        daemon.signal(signal.SIGTERM)
        answer = removed()
        held.release.set()
        assert client.read_response().body == b"late"
    assert answer.returncode != 0 and "the daemon is stopping" in answer.stderr
    daemon.wait()
    daemon.stop()
    assert "not removed: the daemon ends before, and has it again when it starts" in daemon.log()
    daemon.start(*flags, "-x", backend.text)
    (kept,) = daemon.monitor.ListBackends().backends
    assert kept.backend.state != enum("BackendState").Value("BACKEND_STATE_DRAIN")


@pytest.mark.parametrize("kept", [True, False], ids=["with-state", "without-state"])
def test_events_after_one_of_an_earlier_daemon_are_those_of_this_one(new_daemon, kept):
    daemon = new_daemon()
    flags = state_flags(daemon) if kept else ()
    daemon.start(*flags)
    for _ in range(20):
        daemon.democtl("keepalive", "on")
        daemon.democtl("keepalive", "off")
    last = [answer.event.sequence for answer in daemon.monitor.WatchEvents(after_sequence=0, timeout=30)][-1]
    daemon.kill()
    daemon.start(*flags)
    new = [answer.event for answer in daemon.monitor.WatchEvents(after_sequence=last, timeout=30)]
    assert any("accepts" in event.message for event in new)
    assert all(event.sequence > last for event in new)
