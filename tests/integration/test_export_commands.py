"""democtl config export-commands: its output, run by sh against a daemon without anything, makes the same."""

import shlex

import pytest
from every_change import change_everything, running, without_listeners
from ports import free_address, text
from programs import run_script


def check_round_trip(first, start_daemon):
    """The first daemon leaves its addresses to the second."""
    wanted = running(first)
    script = first.democtl("config", "export-commands").stdout
    first.stop()
    second = without_listeners(start_daemon())
    run_script(script, second)
    assert running(second) == wanted
    assert second.democtl("config", "export-commands").stdout == script


def forward_once(daemon, listener, pool):
    """A listener of mode auto that goes on forwarding to a pool without backends."""
    daemon.democtl("add-backend", "127.0.0.1:9", "--pool", pool)
    daemon.democtl("add-listener", listener, "--pool", pool, "--backlog", "77")
    daemon.democtl("remove-backend", "127.0.0.1:9", "--pool", pool)


def lose_pool(daemon, name):
    """A pool in use goes by a configuration alone."""
    config = daemon.monitor.GetConfig().running
    kept = [pool for pool in config.pools if pool.name != name]
    del config.pools[:]
    config.pools.extend(kept)
    daemon.control.ApplyConfig(config=config)


def test_a_rich_configuration_with_pools_that_are_missing_or_empty(start_daemon, tmp_path):
    first = without_listeners(start_daemon())
    change_everything(first, text(free_address()))
    for line in (
        "add-pool empty",
        "add-pool with.dots --queue-limit 3",
        "add-backend localhost:9 --pool with.dots --state drain",
        "add-backend 127.0.0.1:10 --weight 0",
        f"add-listener {text(free_address())} --mode tcp --pool empty",
        f"add-listener {text(free_address())} --pool not-yet --mode auto",
        f"add-listener {text(free_address())} --pool empty --mode auto",
        f"add-listener {text(free_address())} --mode server --pool nobody",
        f"add-listener unix:{tmp_path}/socket --mode raw",
    ):
        first.democtl(*shlex.split(line))
    forward_once(first, text(free_address()), "once")
    forward_once(first, text(free_address()), "gone")
    lose_pool(first, "gone")
    check_round_trip(first, start_daemon)


@pytest.mark.parametrize(
    "body",
    ["", "-n", "it's\n\ttwo lines\\n", "x" * 150_000, "% d\u20ac" * 1000],
    ids=["none", "option", "lines", "long", "signs"],
)
def test_a_body_of_any_kind(start_daemon, tmp_path, body):
    first = without_listeners(start_daemon())
    file = tmp_path / "body"
    file.write_text(body)
    first.democtl("set-response", "--file", file)
    check_round_trip(first, start_daemon)


def test_a_listener_that_forwards_to_a_pool_that_is_gone_where_there_is_no_pool(start_daemon):
    first = without_listeners(start_daemon())
    forward_once(first, text(free_address()), "default")
    lose_pool(first, "default")
    assert "pools" not in running(first) or not running(first)["pools"]
    check_round_trip(first, start_daemon)
