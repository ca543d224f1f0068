"""What programs read and write: JSON of democtl and of the state file, csv, tables that go to no terminal."""

import csv
import io
import json
import os
import re
import subprocess

import pytest
from daemon_process import DEMOCTL
from ports import free_address, text
from programs import run_script

LISTED = ("status", "listeners", "backends", "pools", "workers", "stats", "whoami", "config show", "events")
CHANGES = (
    "keepalive on --idle-timeout 7s",
    "accept-mode exclusive",
    "set-client-limits --max-connections 1000",
    "add-backend 127.0.0.1:9 --pool api --weight 5",
    "set-backend 127.0.0.1:9 --pool api --state drain --wait",
    "remove-backend 127.0.0.1:9 --pool api --drain 1s --wait",
    "set-workers --cores 0",
    "restart-worker 0",
    "set-response --text hello --dry-run",
)


def values(json_value, path=""):
    """(path, value) of everything that is neither object nor list."""
    if isinstance(json_value, dict):
        for name, inner in json_value.items():
            yield from values(inner, f"{path}.{name}")
    elif isinstance(json_value, list):
        for inner in json_value:
            yield from values(inner, path)
    else:
        yield path, json_value


def check_spelling(json_value):
    for path, value in values(json_value):
        assert not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)+", str(value)), f"{path}: {value}"
        assert not (isinstance(value, str) and re.fullmatch(r"\d+", value)), f"{path}: {value}"
        assert not re.fullmatch(r"\d+\.\d+s", str(value)), f"{path}: {value}"


@pytest.fixture
def daemon(start_daemon, tmp_path):
    started = start_daemon("--state-dir", tmp_path)
    started.democtl("add-backend", "127.0.0.1:9", "--pool", "default", "--weight", "3")
    started.democtl("add-listener", "127.0.0.2:0", "--mode", "tcp", "--defer-accept", "2s")
    return started


def apply(daemon, state, *arguments):
    """config apply of a text or an object on standard input."""
    target = f"unix://{daemon.control_path}"
    return subprocess.run(
        [str(DEMOCTL), "--target", target, "config", "apply", "-", "--yes", *arguments],
        input=state if isinstance(state, bytes) else json.dumps(state).encode(),
        capture_output=True,
        check=False,
        timeout=60,
    )


def test_everything_is_spelled_as_people_do(daemon):
    for change in CHANGES:
        check_spelling(daemon.democtl_json(*change.split()))
    for verb in LISTED:
        shown = daemon.democtl_json(*verb.split())
        assert shown
        check_spelling(shown)
        for line in daemon.democtl(*verb.split(), "-o", "jsonl").stdout.splitlines():
            check_spelling(json.loads(line))


def test_state_has_words_numbers_durations_and_text(daemon, tmp_path):
    for state in (daemon.democtl_json("config", "show"), json.loads((tmp_path / "state.json").read_text())):
        assert state["accept_mode"] == "reuseport"
        assert state["listeners"][1]["mode"] == "tcp"
        assert state["listeners"][1]["kernel"]["defer_accept"] == "2s"
        assert state["client_timeouts"]["request"] == "5m"
        assert state["max_connections"] == 0
        assert state["response"]["body"] == "OK\n"


def test_apply_takes_the_words_of_the_flags_and_the_spelling_of_protobuf(daemon):
    address = text(free_address())
    listeners = [{"address": address, "mode": "auto"}]
    done = apply(daemon, {"accept_mode": "shared", "listeners": listeners, "max_connections": 7})
    assert done.returncode == 0, done.stderr
    state = daemon.democtl_json("config", "show")
    assert (state["accept_mode"], state["max_connections"]) == ("shared", 7)
    before = {
        "acceptMode": "ACCEPT_MODE_EXCLUSIVE",
        "listeners": [{"address": address, "mode": "LISTENER_MODE_SERVER"}],
        "max_connections": "8",
        "client_timeouts": {"head": "1.500s"},
        "response": {"body": "aGVsbG8="},
    }
    done = apply(daemon, before)
    assert done.returncode == 0, done.stderr
    state = daemon.democtl_json("config", "show")
    assert (state["accept_mode"], state["max_connections"]) == ("exclusive", 8)
    assert state["client_timeouts"]["head"] == "1500ms"
    assert state["response"]["body"] == "hello"


REFUSED = [
    (b'{\n "listeners": [\n  {"address": ":1", "mode": "autp"}]}', '3:29: listeners[0].mode: "autp"'),
    (b'{"listeners": [{"adress": ":1"}]}', "1:17: listeners[0].adress: there is no such field, did"),
    (b'{"max_connections": "many"}', '1:21: max_connections: "many" is not a whole number from 0 to'),
    (b'{"workers": {"count": -1}}', "1:23: workers.count: -1 is not a whole number from 1 to 256"),
    (b'{"workers": {"count": 0}}', '1:23: workers.count is "0": must be from 1 to 256'),
    (b'{"workers": {"cores": [0, 4095]}}', "1:27: workers.cores[1]: core 4095 does not exist here"),
    (b'{"listeners": [{"address": ":1", "mode": "tcp", "pool": "no"}]}', '1:57: listeners[0].pool is "no"'),
    (b'{"max_connections": 1, "max_connections": 2}', "1:24: max_connections: it is there twice"),
    (b'{"client_timeouts": {"head": 10}}', "1:30: client_timeouts.head: 10 is not a duration from 1ms to 7d"),
    (b'{"listeners": [', "1:16: listeners[0]: no JSON: "),
    (b'{"accept_mode": "\xff\x1b"}', "no JSON: Invalid encoding in string"),
]


def test_apply_says_what_is_wrong_and_where(daemon, tmp_path):
    for state, complaint in REFUSED:
        done = apply(daemon, state)
        assert done.returncode == 2, state
        assert re.search(r"standard input:[13]:\d+: ", done.stderr.decode()), done.stderr
        assert complaint in done.stderr.decode()
        assert b"\x1b" not in done.stderr
        file = tmp_path / "bad.json"
        file.write_bytes(state)
        assert f"{file}:" in daemon.democtl("config", "apply", file, check=False).stderr


def test_apply_tells_all_that_is_wrong(daemon):
    generation = daemon.monitor.GetStatus().generation
    listeners = [{"address": "x"}, {"mode": "tpc"}]
    done = apply(daemon, {"colour": 1, "workers": {"count": 0}, "listeners": listeners})
    lines = done.stderr.decode().splitlines()
    assert done.returncode == 2 and len(lines) == 5, lines
    wrong = ["colour", "workers.count", "listeners[0].address", "listeners[1].address", "listeners[1].mode"]
    for place in map(re.escape, wrong):
        assert any(re.match(rf"democtl: standard input:1:\d+: {place}", line) for line in lines), place
    assert daemon.monitor.GetStatus().generation == generation


def test_apply_takes_a_byte_order_mark(daemon):
    done = apply(daemon, b"\xef\xbb\xbf" + daemon.democtl("config", "show").stdout.encode(), "--dry-run")
    assert done.returncode == 0 and b"nothing would change" in done.stdout


def test_state_file_of_before_is_read(new_daemon, tmp_path):
    daemon = new_daemon()
    listener = {"address": "127.0.0.1:0", "mode": "LISTENER_MODE_SERVER", "kernel": {"defer_accept": "2s"}}
    state = {
        "accept_mode": "ACCEPT_MODE_EXCLUSIVE",
        "max_connections": "99",
        "response": {"body": "aGVsbG8=", "body_size": "0"},
        "listeners": [listener],
    }
    (tmp_path / "state.json").write_text(json.dumps(state))
    daemon.start("--state-dir", tmp_path)
    assert daemon.monitor.GetStatus().config_source == "state"
    shown = daemon.democtl_json("config", "show")
    assert (shown["accept_mode"], shown["max_connections"]) == ("exclusive", 99)
    assert shown["response"]["body"] == "hello"
    daemon.democtl("config", "save")
    assert json.loads((tmp_path / "state.json").read_text()) == shown


def test_tables_that_go_to_no_terminal_have_every_column(daemon):
    name = "name-that-is-longer-than-a-column." + "x" * 60 + ".invalid:80"
    daemon.democtl("add-backend", name, "--pool", "default")
    environment = {name: value for name, value in os.environ.items() if name != "COLUMNS"}

    def heading_and_text(*arguments, **more):
        command = [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", *arguments]
        done = subprocess.run(
            command, capture_output=True, text=True, check=True, timeout=60, env={**environment, **more}
        )
        return done.stdout.splitlines()[0], done.stdout

    for verb in ("listeners", "backends", "pools", "workers", "stats"):
        heading, shown = heading_and_text(verb)
        assert shown == heading_and_text(verb, "-o", "wide")[1], verb
        if verb == "backends":
            assert name in shown
    assert "ADDRESSES" in heading_and_text("backends")[0]
    assert "OPTIONS" in heading_and_text("listeners")[0]
    narrow, shown = heading_and_text("backends", COLUMNS="60")
    assert "ADDRESSES" not in narrow and name in shown


def rows_of(daemon, *arguments):
    return list(csv.DictReader(io.StringIO(daemon.democtl(*arguments, "-o", "csv").stdout)))


def test_figures_as_csv_have_every_kind_of_row(daemon):
    rows = rows_of(daemon, "stats")
    assert {row["kind"] for row in rows} == {"worker", "total", "listener", "backend"}
    assert {row["listener"] for row in rows if row["kind"] == "listener"} == {
        row["bound_address"] for row in daemon.democtl_json("listeners")["listeners"]
    }
    (backend,) = (row for row in rows if row["kind"] == "backend")
    assert (backend["pool"], backend["backend"], backend["worker"]) == ("default", "127.0.0.1:9", "")
    assert backend["requests"] == "0"
    watched = rows_of(daemon, "stats", "--watch", "--count", "1", "--interval", "100ms")
    assert {row["kind"] for row in watched} == {"worker", "total", "listener", "backend"}
    assert all(row["time"] for row in watched)


def test_chosen_columns_of_figures_are_those_of_one_kind_unless_kind_is_named(daemon):
    workers = rows_of(daemon, "stats", "--fields", "worker,requests")
    assert [row["worker"] for row in workers] == ["0"]
    assert len(rows_of(daemon, "stats", "--fields", "listener,requests")) == 2
    kinds = [row["kind"] for row in rows_of(daemon, "stats", "--fields", "kind,requests")]
    assert kinds == ["total", "worker", "listener", "listener", "backend"]
    watch = ("stats", "--watch", "--count", "2", "--interval", "100ms", "--fields", "time,req/s")
    assert len(rows_of(daemon, *watch)) == 2


def test_figures_as_json_are_numbers_or_null(daemon):
    shown = daemon.democtl("stats", "--watch", "--count", "1", "--interval", "100ms", "-o", "jsonl").stdout
    texts = {"kind", "time", "listener", "pool", "backend", "address"}
    for line in shown.splitlines():
        row = json.loads(line)
        assert all(
            value is None or isinstance(value, str if name in texts else (int, float))
            for name, value in row.items()
        ), row
        assert row["svc-p50"] is None, "nothing was served"


def jq_examples():
    """Every example of a verb's help that has jq in it."""

    def page(*arguments):
        command = [str(DEMOCTL), *arguments, "--help"]
        return subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout

    verbs = re.findall(r"^  ([a-z][a-z-]*(?: [a-z][a-z-]*)?)  ", page(), flags=re.MULTILINE)
    return [
        example
        for verb in verbs
        for example in re.findall(r"^  (democtl .*\| jq .*)$", page(*verb.split()), flags=re.MULTILINE)
    ]


def test_examples_with_jq_run_as_written(daemon):
    examples = jq_examples()
    assert len(examples) >= 5, examples
    daemon.democtl("set-response", "--text", "changed")
    for example in examples:
        script = f"gen=$(democtl status -o json | jq .generation)\n{example}"
        done = run_script(script, daemon, "bash", "-o", "pipefail")
        assert not done.stderr, f"{example}\n{done.stdout}{done.stderr}"
        assert "null" not in done.stdout, f"{example}\n{done.stdout}"
    assert daemon.democtl_json("config", "show")["client_keepalive"]["enabled"] is True
