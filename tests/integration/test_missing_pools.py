"""A pool that does not exist: who types it is told, and a configuration that has it stays valid."""

import pytest
from ports import free_address, text
from programs import check_config
from raw_client import get

NEAR = 'did you mean "default"?'


def warned(done):
    assert done.returncode == 0, done.stderr
    lines = done.stderr.splitlines()
    assert all(line.startswith("democtl: warning: ") for line in lines), lines
    return lines


@pytest.mark.parametrize("options", [[], ["--mode", "auto"], ["--dry-run"], ["-o", "json"]], ids=" ".join)
def test_listener_of_mode_auto_that_names_none_is_made_with_a_warning(start_daemon, options):
    daemon = start_daemon()
    address = text(free_address())
    (line,) = warned(daemon.democtl("add-listener", address, "--pool", "defualt", *options))
    assert f'listener {address} names the pool "defualt", which does not exist' in line and NEAR in line
    problems = daemon.monitor.GetStatus().problems
    assert any("defualt" in problem for problem in problems) == ("--dry-run" not in options)
    assert not daemon.monitor.GetStatus().degraded


def test_listener_that_is_set_to_none_is_told_once(start_daemon):
    daemon = start_daemon("-a", text(free_address()))
    address = daemon.democtl_json("listeners")["listeners"][0]["listener"]["address"]
    (line,) = warned(daemon.democtl("set-listener", address, "--pool", "defualt"))
    assert NEAR in line
    assert not warned(daemon.democtl("keepalive", "on")), "it is told by the change that brings it"
    assert not warned(daemon.democtl("add-backend", "127.0.0.1:9", "--pool", "defualt"))
    assert not any("does not exist" in problem for problem in daemon.monitor.GetStatus().problems)


def test_listener_may_come_before_its_pool(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon()
    address = free_address()
    (line,) = warned(daemon.democtl("add-listener", text(address), "--pool", "shop"))
    assert "did you mean" not in line
    assert not warned(daemon.democtl("add-backend", backend.text, "--pool", "shop"))
    assert get(address).body == b"backend\n"


@pytest.mark.parametrize("mode", ["server", "raw"])
def test_listener_that_forwards_nowhere_needs_none(start_daemon, mode):
    daemon = start_daemon()
    assert not warned(daemon.democtl("add-listener", "127.0.0.9:0", "--pool", "defualt", "--mode", mode))


@pytest.mark.parametrize("mode", ["proxy", "tcp"])
def test_listener_that_forwards_there_alone_is_refused(start_daemon, mode):
    daemon = start_daemon("-x", "127.0.0.1:9")
    done = daemon.democtl("add-listener", "127.0.0.9:0", "--pool", "defualt", "--mode", mode, check=False)
    assert done.returncode == 2 and "--pool: " in done.stderr and NEAR in done.stderr, done


def test_backend_that_makes_a_pool_of_a_near_name_is_added_with_a_warning(start_daemon):
    daemon = start_daemon("-x", "127.0.0.1:9")
    (line,) = warned(daemon.democtl("add-backend", "127.0.0.1:10", "--pool", "defualt"))
    assert 'pool "defualt" is new, and no listener names it' in line and NEAR in line
    assert not warned(daemon.democtl("add-backend", "127.0.0.1:11", "--pool", "defualt"))


@pytest.mark.parametrize("verb", ["remove-backend", "set-backend", "backends", "stats"])
def test_verbs_that_look_for_a_pool_refuse_one_that_is_not_there(start_daemon, verb):
    daemon = start_daemon("-x", "127.0.0.1:9")
    words = {"remove-backend": ["127.0.0.1:9"], "set-backend": ["127.0.0.1:9", "--weight", "2"]}.get(verb, [])
    done = daemon.democtl(verb, *words, "--pool", "defualt", check=False)
    assert done.returncode in (2, 3) and "--pool: " in done.stderr and NEAR in done.stderr, done


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (["remove-pool", "defualt"], "POOL"),
        (["set-pool", "defualt", "--queue-limit", "1"], "POOL"),
        (["add-pool", "default"], "NAME"),
        (["remove-listener", "127.0.0.9:1"], "LISTENER"),
        (["set-listener", "127.0.0.9:1", "--backlog", "9"], "LISTENER"),
        (["add-listener", "127.0.0.1"], "ADDRESS"),
        (["remove-backend", "127.0.0.1:99"], "BACKEND"),
        (["set-backend", "127.0.0.1:99", "--weight", "2"], "BACKEND"),
        (["add-backend", "127.0.0.1:9"], "ENDPOINT"),
        (["restart-worker", "9"], "WORKER"),
        (["set-workers", "999"], "COUNT"),
        (["config", "apply", "/nonexistent"], "FILE"),
        (["config", "apply-file", "/nonexistent"], "FILE"),
        (["help", "nonsense"], "VERB"),
        # One whose name in the usage is its words has that of the verb: the words are told once.
        (["keepalive", "of"], "keepalive"),
        (["accept-mode", "sharde"], "accept-mode"),
        (["debug", "of"], "debug"),
        (["completion", "bahs"], "completion"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_positional_is_named_as_the_usage_names_it(start_daemon, words, name):
    daemon = start_daemon("-x", "127.0.0.1:9")
    done = daemon.democtl(*words, check=False)
    assert done.returncode in (2, 3, 4), done
    assert done.stderr.startswith(f"democtl: {name}: "), done.stderr


FILE = """
[[listener]]
address = "127.0.0.1:0"
pool = "defualt"
"""


def test_check_config_and_the_start_tell_of_it(start_daemon, tmp_path):
    file = tmp_path / "demo-server.toml"
    file.write_text(FILE)
    done = check_config("--config", file)
    assert done.returncode == 0 and done.stdout == "demo-server: flags and file are right\n", done
    assert done.stderr.startswith("demo-server: warning: listener 127.0.0.1:0 names the pool"), done
    assert NEAR in done.stderr
    daemon = start_daemon("--config", file, listen=())
    assert "listener 127.0.0.1:0 names the pool" in daemon.log()
    assert any(NEAR in problem for problem in daemon.monitor.GetStatus().problems)
