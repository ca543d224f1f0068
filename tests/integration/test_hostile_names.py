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
@pytest.mark.parametrize("verb", [("listeners",), ("events",), ("stats",), ("config", "show")], ids=" ".join)
def test_democtl_shows_a_hostile_path_in_one_line(daemon, verb, form):
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
