"""The configuration file is edited while a saved state is in force: what is told, taken and kept."""

import json
import os
import signal

import grpc
import pytest
from edited_file import BASE, EditedFile, keep_a_change
from ports import free_address, text
from programs import check_config
from waiting import eventually


@pytest.fixture
def edited(new_daemon):
    return EditedFile(new_daemon()).start()


def test_status_says_equal_to_the_file_when_it_is(edited):
    assert edited.line() == f"equal to {edited.path}"
    keep_a_change(edited)
    edited.daemon.democtl("remove-backend", "127.0.0.1:10", "--pool", "api")
    assert edited.line() == f"equal to {edited.path}"
    edited.restart()
    assert edited.daemon.monitor.GetStatus().config_source == "state"
    assert edited.line() == f"equal to {edited.path}"


def test_status_counts_what_either_side_changed(edited):
    keep_a_change(edited)
    assert edited.line() == (
        f"differs from {edited.path}: 1 run-time change, 0 changes in the file not applied"
    )
    edited.edit('head = "3s"', 'head = "4s"\nbody = "5s"')
    assert edited.line() == (
        f"differs from {edited.path}: 1 run-time change, 2 changes in the file not applied "
        "(democtl config apply-file)"
    )
    told = edited.daemon.democtl_json("status")["file"]
    assert (told["runtime_changes"], told["file_changes"], told["file"]) == (1, 2, str(edited.path))
    assert not told.get("equal") and told["base_known"]


def test_config_diff_tells_who_changed_what(edited):
    assert edited.daemon.democtl("config", "diff").stdout == ""
    keep_a_change(edited)
    edited.daemon.democtl("set-pool", "api", "--policy", "source-hash")
    edited.edit('policy = "round-robin"', 'policy = "uri-hash"')
    edited.edit('head = "3s"', 'head = "4s"')
    rows = edited.daemon.democtl_json("config", "diff")
    assert rows == [
        {
            "path": "client_timeouts.head",
            "last-read": "3s",
            "file": "4s",
            "running": "3s",
            "apply-file": "take",
        },
        {
            "path": "pools.api.policy",
            "last-read": "round-robin",
            "file": "uri-hash",
            "running": "source-hash",
            "apply-file": "collide",
        },
        {
            "path": "pools.api.backends.127.0.0.1:10",
            "last-read": None,
            "file": None,
            "running": "there",
            "apply-file": "keep",
        },
    ]
    table = edited.daemon.democtl("config", "diff").stdout.splitlines()
    assert table[0].split() == ["PATH", "LAST-READ", "FILE", "RUNNING", "APPLY-FILE"]
    assert len(table) == 4
    edited.apply("--prefer", "running")
    (left,) = [row for row in edited.daemon.democtl_json("config", "diff") if "policy" in row["path"]]
    assert (left["last-read"], left["apply-file"]) == ("uri-hash", "keep")


def test_status_names_the_file_wherever_who_asks_stands(new_daemon, tmp_path):
    file = tmp_path / "demo.toml"
    file.write_text("max_connections = 5\n")
    daemon = new_daemon()
    daemon.start("--config", os.path.relpath(file, daemon.folder))
    assert daemon.democtl_json("status")["file"]["file"] == str(file)


def test_status_without_a_file_is_about_the_flags(start_daemon):
    daemon = start_daemon()
    assert "equal to the flags" in daemon.democtl("status").stdout
    daemon.democtl("keepalive", "on")
    assert "differs from the flags: 1 run-time change" in daemon.democtl("status").stdout


def test_a_start_from_the_state_names_an_edited_file_and_the_way_out(edited):
    keep_a_change(edited)
    edited.restart()
    assert "were edited since" not in edited.daemon.log()
    edited.edit('head = "3s"', 'head = "4s"')
    edited.restart()
    (line,) = [line for line in edited.daemon.log().splitlines() if "were edited since" in line]
    for part in ("warning", str(edited.path), "1 of their changes is not in force", "config apply-file"):
        assert part in line
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 3
    assert "1 change in the file not applied" in edited.line()


def test_a_merge_over_a_restart_takes_one_side_and_keeps_the_other(edited):
    keep_a_change(edited)
    edited.daemon.stop()
    edited.edit('head = "3s"', 'head = "4s"')
    edited.edit('address = "127.0.0.1:9"', 'address = "127.0.0.1:9"\nweight = 7')
    edited.start()
    dry = edited.apply("--dry-run").stdout
    assert "client_timeouts.head: 3s -> 4s\n" in dry and "nothing changed" in dry
    assert "stays: pools.api.backends: + 127.0.0.1:10\n" in dry
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 3
    edited.apply()

    def check():
        running = edited.daemon.monitor.GetConfig().running
        assert running.client_timeouts.head.seconds == 4
        assert [(b.endpoint, b.weight) for b in running.pools[0].backends] == [
            ("127.0.0.1:9", 7),
            ("127.0.0.1:10", 1),
        ]
        assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")

    check()
    event = json.loads(
        edited.daemon.democtl("events", "--last", "1", "--kind", "config-changed", "-o", "jsonl").stdout
    )
    assert "config apply-file" in event["message"] and event["caller"]
    edited.restart()
    check()
    edited.daemon.kill()
    edited.daemon.control_path.unlink()
    edited.start()
    check()


def test_a_collision_changes_nothing_until_a_side_is_chosen(edited):
    edited.daemon.democtl("set-pool", "api", "--policy", "source-hash")
    edited.edit("round-robin", "uri-hash")
    edited.edit('head = "3s"', 'head = "4s"')
    before = edited.daemon.monitor.GetStatus().generation
    for arguments in ((), ("--dry-run",)):
        refused = edited.apply(*arguments, code=4)
        assert "collision: pools.api.policy: in the file round-robin -> uri-hash, at run" in refused.stdout
        assert "--prefer file or --prefer running" in refused.stderr
        assert refused.stdout.count("pools.api.policy") == 1, refused.stdout
    answer = json.loads(edited.apply("-o", "json", code=4).stdout)
    assert not answer["result"].get("dry_run") and not answer["result"].get("differences")
    assert [collision["path"] for collision in answer["collisions"]] == ["pools.api.policy"]
    assert edited.daemon.monitor.GetStatus().generation == before
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 3
    assert "1 collision" in edited.line()
    with pytest.raises(grpc.RpcError) as error:
        edited.daemon.control.ApplyFile()
    assert error.value.code() == grpc.StatusCode.FAILED_PRECONDITION
    assert "taken: client_timeouts.head: 3s -> 4s\n" in edited.apply("--prefer", "running").stdout
    assert edited.policy() == 4
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 4
    edited.apply()
    edited.edit("uri-hash", "round-robin")
    edited.apply("--prefer", "file")
    assert edited.policy() == 1
    assert edited.line() == f"equal to {edited.path}"


def test_removed_against_changed_and_renamed_are_collisions(edited):
    edited.daemon.democtl("set-backend", "127.0.0.1:9", "--pool", "api", "--weight", "5")
    edited.edit('[[pool.backend]]\naddress = "127.0.0.1:9"\n', "")
    told = edited.apply(code=4).stdout
    assert "collision: pools.api.backends.127.0.0.1:9: in the file removed, at run time" in told
    edited.edit('name = "api"', 'name = "web"')
    told = edited.apply(code=4).stdout
    assert "collision: pools.api: in the file removed, at run time" in told
    edited.apply("--prefer", "file")
    assert edited.line() == f"equal to {edited.path}"


def test_the_same_change_on_both_sides_is_settled(edited):
    edited.daemon.democtl("set-pool", "api", "--policy", "uri-hash")
    edited.edit("round-robin", "uri-hash")
    assert edited.line() == f"equal to {edited.path}"
    edited.apply()
    edited.edit("uri-hash", "source-hash")
    edited.apply()
    assert edited.policy() == 4


def test_a_file_of_ones_own_is_sent(edited, tmp_path):
    keep_a_change(edited)
    new = tmp_path / "new.toml"
    new.write_text(BASE.replace('"3s"', '"4s"'))
    edited.apply(new)
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 4
    new.write_text('[response]\nbody_file = "/etc/hostname"\n')
    refused = edited.apply(new, code=2)
    assert "new.toml:2" in refused.stderr and "on the daemon's host only" in refused.stderr
    new.write_text("foo = 1\n")
    assert "new.toml:1" in edited.apply(new, code=2).stderr


def test_no_persist_is_forgotten_and_taken_again(edited):
    keep_a_change(edited)
    edited.edit('head = "3s"', 'head = "4s"')
    edited.apply("--no-persist")
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 4
    edited.restart()
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 3
    edited.apply()
    edited.restart()
    assert edited.daemon.monitor.GetConfig().running.client_timeouts.head.seconds == 4


def test_reset_and_reload_take_the_file_in_as_well(edited):
    keep_a_change(edited)
    edited.edit('head = "3s"', 'head = "4s"')
    edited.daemon.democtl("config", "reset")
    assert edited.line() == f"equal to {edited.path}"
    keep_a_change(edited)
    edited.edit('head = "4s"', 'head = "5s"')
    edited.daemon.signal(signal.SIGHUP)
    eventually(lambda: edited.line() == f"equal to {edited.path}", "the file to be in force")
    edited.restart()
    edited.edit('head = "5s"', 'head = "6s"')
    keep_a_change(edited)
    edited.apply()
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")


def test_an_ignored_state_keeps_its_base_until_it_is_replaced(new_daemon):
    daemon = new_daemon()
    edited = EditedFile(daemon).start()
    keep_a_change(edited)
    daemon.stop()
    base = (edited.state / "file.json").read_bytes()
    edited.edit('head = "3s"', 'head = "4s"')
    daemon.start("--config", edited.path, "--state-dir", edited.state, "--ignore-state")
    assert edited.line() == f"equal to {edited.path}"
    assert (edited.state / "file.json").read_bytes() == base
    edited.restart()
    assert "1 change in the file not applied" in edited.line()
    daemon.stop()
    daemon.start("--config", edited.path, "--state-dir", edited.state, "--ignore-state")
    daemon.democtl("keepalive", "on")
    edited.restart()
    assert edited.line().endswith("1 run-time change, 0 changes in the file not applied")


def test_what_runs_can_be_put_in_the_place_of_the_file(edited):
    keep_a_change(edited)
    edited.daemon.democtl("set-response", "--text", "it's \"me\" \N{EURO SIGN}\n", "--header", "X-A: b: c")
    edited.daemon.democtl("keepalive", "on", "--idle-timeout", "90500ms")
    edited.path.write_text(edited.daemon.democtl("config", "show", "-o", "toml").stdout)
    done = check_config("--config", edited.path)
    assert done.returncode == 0
    assert edited.line() == f"equal to {edited.path}"
    edited.restart()
    assert edited.line() == f"equal to {edited.path}"
    running = edited.daemon.monitor.GetConfig().running
    edited.daemon.stop()
    edited.daemon.start("--config", edited.path, listen=())
    assert edited.daemon.monitor.GetConfig().running == running


def test_saved_and_file_are_shown_as_files_too(edited):
    keep_a_change(edited)
    shown = {
        which: edited.daemon.democtl("config", "show", "--which", which, "-o", "toml").stdout
        for which in ("running", "saved", "file")
    }
    assert "127.0.0.1:10" in shown["running"] and "127.0.0.1:10" in shown["saved"]
    assert "127.0.0.1:10" not in shown["file"] and 'head = "3s"  # default: "10s"' in shown["file"]


def test_a_file_is_the_output_of_no_other_verb(edited):
    refused = edited.daemon.democtl("status", "-o", "toml", check=False)
    assert refused.returncode == 2 and "config show" in refused.stderr


def test_a_pool_that_the_file_removes_and_a_listener_of_run_time_needs_is_a_collision(edited):
    keep_a_change(edited)
    listener = text(free_address())
    edited.daemon.democtl("add-listener", listener, "--mode", "tcp", "--pool", "api")
    edited.daemon.democtl("remove-backend", "127.0.0.1:10", "--pool", "api")
    edited.path.write_text(edited.path.read_text().split("[[pool]]")[0])
    assert "1 collision" in edited.line()
    for arguments in ((), ("--dry-run",)):
        told = edited.apply(*arguments, code=4).stdout
        assert f"pools.api: in the file removed, at run time needed by listener {listener}" in told
    edited.apply("--prefer", "running")
    assert edited.pool().name == "api"
    assert "0 changes in the file not applied" in edited.line()
    edited.daemon.stop()
