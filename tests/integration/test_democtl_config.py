"""democtl config: what it prints makes the same daemon again."""

import json
import shlex
import subprocess

from daemon_process import DEMOCTL
from every_change import change_everything, running, without_listeners
from ports import free_address, text
from programs import run_script
from raw_client import get


def test_exported_commands_make_the_same_state(start_daemon):
    first = without_listeners(start_daemon())
    listener = text(free_address())
    change_everything(first, listener)
    wanted = running(first)
    commands = first.democtl("config", "export-commands").stdout.splitlines()
    assert commands.pop(0) == "set -e"
    first.democtl("remove-listener", listener)
    second = without_listeners(start_daemon())
    for command in commands:
        words = shlex.split(command, comments=True)
        assert not words or words[0] == "democtl", command
        if words:
            second.democtl(*words[1:])
    assert running(second) == wanted


PICTURE = b"\xff\xfe\x89PNG\r\n\0\1%s%%\\'\x1b[2J\xc2\x9b" + bytes(range(256))


def test_a_body_that_is_no_text_is_changed_shown_and_made_again(start_daemon, tmp_path):
    picture, state, folder = tmp_path / "picture.png", tmp_path / "state.json", tmp_path / "kept"
    picture.write_bytes(PICTURE)
    folder.mkdir()
    daemon = start_daemon("--state-dir", folder)
    assert "\\xff\\xfe\\x89PNG" in daemon.democtl("set-response", "--file", picture, "--dry-run").stdout
    daemon.democtl("set-response", "--file", picture)
    for verb in ("diff", "save"):
        daemon.democtl("config", verb)
    assert "\\xff\\xfe" in daemon.democtl("config", "diff").stdout
    assert "\\xff\\xfe" in daemon.democtl("events").stdout
    state.write_text(daemon.democtl("config", "show").stdout)
    script = daemon.democtl("config", "export-commands").stdout
    daemon.stop()
    daemon.start("--state-dir", folder)
    assert get(daemon.address).body == PICTURE
    daemon.democtl("set-response", "--text", "plain")
    daemon.democtl("config", "reset")
    daemon.democtl("config", "apply", state)
    assert get(daemon.address).body == PICTURE
    daemon.democtl("set-response", "--text", "plain")
    line = next(line for line in script.splitlines() if "set-response" in line)
    run_script(line, daemon)
    assert get(daemon.address).body == PICTURE
    assert "libprotobuf" not in daemon.log()


def test_a_long_text_is_changed_where_a_difference_cuts_it(start_daemon):
    daemon = start_daemon()
    for first in ("", "a", "ab"):
        text_ = first + "\N{EURO SIGN}" * 100
        daemon.democtl("set-response", "--text", text_)
        assert get(daemon.address).body == text_.encode()
        assert "\N{EURO SIGN}..." in daemon.democtl("config", "diff").stdout


def test_a_shown_state_can_be_applied(start_daemon, tmp_path):
    daemon = start_daemon()
    listener = text(free_address())
    before = running(daemon)
    (tmp_path / "before.json").write_text(json.dumps(before))
    change_everything(daemon, listener)
    after = running(daemon)
    assert before != after
    dry = daemon.democtl("config", "apply", tmp_path / "before.json", "--dry-run")
    assert listener in dry.stdout and "nothing changed" in dry.stdout
    assert running(daemon) == after
    daemon.democtl("config", "apply", tmp_path / "before.json", "--yes")
    assert running(daemon) == before


def test_apply_reads_standard_input(start_daemon):
    daemon = start_daemon()
    state = running(daemon)
    state["max_connections"] = 777
    done = subprocess.run(
        [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", "config", "apply", "-"],
        input=json.dumps(state),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert running(daemon)["max_connections"] == 777


def test_diff_tells_what_was_changed_since_the_file(start_daemon):
    daemon = start_daemon()
    assert daemon.democtl("config", "diff").stdout == ""
    daemon.democtl("add-backend", "127.0.0.1:9")
    assert "pools.default" in daemon.democtl("config", "diff").stdout
    assert daemon.democtl("config", "diff", "--saved", check=False).returncode == 3
    daemon.democtl("config", "reset")
    assert daemon.democtl("config", "diff").stdout == ""


def test_save_keeps_what_was_not_to_persist(start_daemon, tmp_path):
    daemon = start_daemon("--state-dir", tmp_path)
    daemon.democtl("add-backend", "127.0.0.1:9", "--no-persist")
    saved = json.loads(daemon.democtl("config", "show", "--which", "saved", check=False).stdout or "{}")
    assert "127.0.0.1:9" not in json.dumps(saved)
    daemon.democtl("config", "save")
    assert "127.0.0.1:9" in daemon.democtl("config", "show", "--which", "saved").stdout


def test_a_change_at_an_old_generation_is_refused(start_daemon):
    daemon = start_daemon()
    now = daemon.monitor.GetStatus().generation
    daemon.democtl("add-backend", "127.0.0.1:9", "--expect-generation", now)
    late = daemon.democtl("add-backend", "127.0.0.1:10", "--expect-generation", now, check=False)
    assert late.returncode == 4


def test_events_name_who_changed_what(start_daemon):
    daemon = start_daemon()
    daemon.democtl("add-backend", "127.0.0.1:9")
    line = daemon.democtl("events", "--last", "1", "--kind", "config-changed", "-o", "jsonl").stdout
    event = json.loads(line)
    assert "127.0.0.1:9" in event["message"]
    assert event["caller"] == json.loads(daemon.democtl("whoami", "-o", "json").stdout)["name"]
