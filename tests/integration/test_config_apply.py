"""democtl config apply and apply-file: what they would take away, and what they are not given for."""

import json

import pytest
from every_change import running
from ports import free_address, text

STATE = {"max_connections": 777}
TOML = "max_connections = 777\n"


@pytest.fixture
def daemon(start_daemon):
    started = start_daemon()
    started.democtl("add-backend", "127.0.0.1:9")
    started.democtl("add-backend", "127.0.0.1:10", "--pool", "api")
    return started


@pytest.fixture
def apply(daemon, tmp_path):
    """config apply, or another verb, of a text or an object in a file; checks the exit code."""

    def run(state, *arguments, code=0, verb="apply"):
        file = tmp_path / "given"
        file.write_text(state if isinstance(state, str) else json.dumps(state))
        done = daemon.democtl("config", verb, file, *arguments, check=False)
        assert done.returncode == code, done
        return done

    return run


def test_what_a_state_does_not_list_is_told_and_stays_without_yes(daemon, apply):
    before = running(daemon)
    (listener,) = (listener["address"] for listener in before["listeners"])
    for state in ({}, {"max_connections": 5}, {"pools": before["pools"]}):
        told = apply(state, code=4).stderr
        assert "nothing changed" in told and "--yes" in told
        assert f"democtl: would be removed: listeners: - {listener}\n" in told
        assert ("would be removed: pools: - api\n" in told) == ("pools" not in state)
    assert running(daemon) == before
    fewer = json.loads(json.dumps(before))
    fewer["pools"][0]["backends"] = []
    told = apply(fewer, code=4).stderr
    assert "would be removed: pools.default.backends: - 127.0.0.1:9\n" in told and "listeners" not in told
    assert "pools.default.backends: - 127.0.0.1:9" in apply(fewer, "--dry-run").stdout
    assert running(daemon) == before
    apply(fewer, "--yes")
    assert not running(daemon)["pools"][0].get("backends")
    apply({}, "--yes")
    assert "listeners" not in running(daemon) or not running(daemon)["listeners"]


def test_a_state_that_removes_nothing_needs_no_yes(daemon, apply):
    state = running(daemon)
    state["max_connections"] = 777
    state["listeners"].append({"address": text(free_address())})
    apply(state)
    assert running(daemon)["max_connections"] == 777
    generation = daemon.monitor.GetStatus().generation
    assert "generation" in apply(STATE, "--yes", "--expect-generation", generation - 1, code=4).stderr
    apply(STATE, "--yes", "--expect-generation", generation)


def test_many_removals_are_told_by_their_beginning_and_number(daemon, apply):
    state = running(daemon)
    backends = [{"endpoint": f"127.0.0.1:{n}"} for n in range(1, 81)]
    state["pools"].append({"name": "many", "backends": backends})
    apply(state)
    told = apply({"pools": [{"name": "many"}]}, code=4).stderr.splitlines()
    assert len(told) == 52 and told[-1].startswith("democtl: and ")


def test_each_verb_says_what_the_other_format_is_for(daemon, apply):
    before = running(daemon)
    for toml in (TOML, f"# of today\n{TOML}", "[[listener]]\naddress = ':80'\n"):
        assert "is TOML" in apply(toml, code=2).stderr
        assert "config apply-file" in apply(toml, "--yes", code=2).stderr
    assert "is JSON" in apply(STATE, verb="apply-file", code=2).stderr
    assert "config apply takes JSON" in apply({}, verb="apply-file", code=2).stderr
    for nothing in ("", "\n\n", "# all\n  # of it\r\n"):
        assert "sets nothing" in apply(nothing, verb="apply-file", code=2).stderr
    assert running(daemon) == before


def test_a_file_that_is_not_utf8_is_told_with_its_place(daemon, tmp_path):
    strange = tmp_path / "strange.toml"
    strange.write_bytes(b"# one\n\xff\xfe")
    done = daemon.democtl("config", "apply-file", strange, check=False)
    assert done.returncode == 2
    assert f"{strange}:2:1: this is no TOML: a character is not in UTF-8" in done.stderr


@pytest.mark.parametrize("verb", ["apply", "apply-file"])
def test_all_that_is_wrong_is_told_whole_and_a_line_each(daemon, apply, verb):
    names = [f"unknown_{'x' * 40}_{n}" for n in range(80)]
    if verb == "apply":
        state = json.dumps(dict.fromkeys(names, 1), indent=1)
    else:
        state = "".join(f"{name} = 1\n" for name in names)
    lines = apply(state, verb=verb, code=2).stderr.splitlines()
    assert len(lines) == 51, lines
    for number, line in enumerate(lines[:50]):
        assert names[number] in line and f"given:{number + (2 if verb == 'apply' else 1)}:" in line
    assert lines[50].endswith("and 30 more")


def test_the_daemons_own_file_is_told_as_whole(new_daemon):
    daemon = new_daemon()
    file = daemon.folder / "demo-server.toml"
    file.write_text(TOML)
    daemon.start("--config", file)
    file.write_text("".join(f"unknown_{'x' * 40}_{n} = 1\n" for n in range(30)))
    for verb in ("apply-file", "reset"):
        done = daemon.democtl("config", verb, check=False)
        assert done.returncode == 2, done
        lines = done.stderr.splitlines()
        assert len(lines) > 10 and all(f"{file}:" in line for line in lines[:10]), lines
    assert len(daemon.democtl("config", "apply-file", check=False).stderr.splitlines()) == 30


def test_a_file_is_taken_whatever_its_path_is(daemon, tmp_path):
    """Longer than the daemon takes a name, and no UTF-8: the name is for messages alone."""
    path = f"{tmp_path}/{'./' * 150}caf\udce9"

    def given(verb, content, code=0):
        with open(path, "w") as file:
            file.write(content)
        done = daemon.democtl("config", verb, path, check=False)
        assert done.returncode == code, done
        return done.stderr

    state = running(daemon)
    given("apply", json.dumps({**state, "max_connections": 555}))
    assert running(daemon)["max_connections"] == 555
    given("apply-file", 'log_level = "notice"\n')
    assert running(daemon)["log_level"] == "notice"
    for verb, wrong in (("apply", '{"x": 1}'), ("apply-file", "x = 1\n")):
        told = given(verb, wrong, code=2)
        assert told.startswith("democtl: ...") and "/./caf\\xe9:1:" in told
