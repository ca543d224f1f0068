"""Unix paths with line feeds and escapes: they forge no line and steer no terminal, wherever they show."""

import pytest

FORGED = "2026-01-01T00:00:00.000Z error forged"
NAME = f"a\n{FORGED}\x1b[2Jb"
SHOWN = f"a\\x0a{FORGED}\\x1b[2Jb"


@pytest.fixture
def daemon(start_daemon):
    """A daemon with a listener whose path is hostile."""
    daemon = start_daemon()
    daemon.democtl("add-listener", f"unix:{daemon.folder}/{NAME}")
    return daemon


def check(text):
    assert "\x1b" not in text, text
    assert not any(line.startswith(FORGED) for line in text.splitlines()), text


def test_log_tells_of_a_hostile_path_in_one_line(daemon):
    assert SHOWN in daemon.log()
    check(daemon.log())


@pytest.mark.parametrize("form", ["table", "wide", "csv", "json", "jsonl"])
@pytest.mark.parametrize("verb", [("listeners",), ("events",), ("stats",)], ids=" ".join)
def test_democtl_shows_a_hostile_path_in_one_line(daemon, verb, form):
    done = daemon.democtl(*verb, "-o", form)
    assert "forged" in done.stdout
    check(done.stdout)


@pytest.mark.parametrize("form", ["table", "json", "jsonl", "toml"])
def test_the_state_shows_a_hostile_path_in_one_line(daemon, form):
    verb = ("config", "show")
    done = daemon.democtl(*verb, "-o", form)
    assert "forged" in done.stdout
    check(done.stdout)


@pytest.mark.parametrize("verb", [("config", "export-commands"), ("config", "diff"), ("status",)])
def test_democtl_shows_nothing_else_that_steers_the_terminal(daemon, verb):
    check(daemon.democtl(*verb, check=False).stdout)


def test_refusals_name_a_hostile_path_in_one_line(daemon):
    done = daemon.democtl("remove-listener", f"unix:{daemon.folder}/{NAME}x", check=False)
    assert done.returncode == 3
    check(done.stderr)
    assert done.stderr.count("\n") == 1


def shown(daemon, suffix=""):
    return f"unix:{daemon.folder}/{SHOWN}{suffix}"


def test_what_is_shown_is_taken_by_every_verb_that_takes_a_name(daemon):
    for words in (["set-listener", "--backlog", "100"], ["remove-listener"]):
        daemon.democtl(words[0], shown(daemon), *words[1:])
    daemon.democtl("add-backend", f"unix:{daemon.folder}/{NAME}")
    daemon.democtl("set-backend", shown(daemon), "--weight", "2")
    daemon.democtl("remove-backend", shown(daemon))
    assert daemon.democtl("backends", "-o", "csv").stdout.count("\n") == 1


def test_a_name_that_is_spelled_so_comes_first(daemon):
    daemon.democtl("add-listener", shown(daemon))
    daemon.democtl("remove-listener", shown(daemon))
    assert SHOWN in daemon.democtl("listeners", "-o", "csv").stdout, "the other one is there still"
    daemon.democtl("remove-listener", shown(daemon))
    assert SHOWN not in daemon.democtl("listeners", "-o", "csv").stdout


def test_refusals_name_a_hostile_name_once(daemon):
    for words in (["remove-listener", shown(daemon, "x")], ["add-listener", f"unix:{daemon.folder}/{NAME}"],
                  ["add-backend", f"unix:no/{NAME}"], ["add-backend", f"unix:/{NAME * 5}"]):
        done = daemon.democtl(*words, check=False)
        check(done.stderr)
        assert done.returncode != 0
        assert done.stderr.count("forged") == words[1].count("forged"), done.stderr
