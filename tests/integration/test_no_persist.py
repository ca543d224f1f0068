"""--no-persist in every order with changes that are kept: the saved state is what the kept ones make."""

import pytest
from ports import free_address, text

BACKEND = "127.0.0.1:9"
LISTENER = text(free_address())
ADD_BACKEND = ["add-backend", BACKEND, "--pool", "api", "--weight", "3"]
REMOVE_BACKEND = ["remove-backend", BACKEND, "--pool", "api"]
ADD_LISTENER = ["add-listener", LISTENER, "--pool", "api", "--mode", "server"]
REMOVE_LISTENER = ["remove-listener", LISTENER]
ADD_POOL = ["add-pool", "api", "--queue-limit", "7"]
REMOVE_POOL = ["remove-pool", "api"]
FORGOTTEN = "--no-persist"


def facts(config):
    """What the cases below change."""
    pools = {pool["name"]: pool for pool in config.get("pools", [])}
    api = pools.get("api", {})
    listener = next((one for one in config["listeners"] if one["address"] == LISTENER), {})
    return {
        "pool": api.get("queue_limit"),
        "weights": [backend["weight"] for backend in api.get("backends", [])],
        "mode": listener.get("mode"),
    }


def state(**known):
    return {"pool": None, "weights": [], "mode": None, **known}


# The changes in order, and what a restart finds.
CASES = {
    "backend added in vain": ([[*ADD_BACKEND, FORGOTTEN], REMOVE_BACKEND], state()),
    "backend back after a restart": (
        [ADD_BACKEND, [*REMOVE_BACKEND, FORGOTTEN]],
        state(pool=256, weights=[3]),
    ),
    "backend added anew": (
        [ADD_BACKEND, [*REMOVE_BACKEND, FORGOTTEN], [*ADD_BACKEND[:-1], "9"]],
        state(pool=256, weights=[9]),
    ),
    "backend that was not saved is set": (
        [ADD_POOL, [*ADD_BACKEND, FORGOTTEN], ["set-backend", BACKEND, "--pool", "api", "--weight", "8"]],
        state(pool=7, weights=[8]),
    ),
    "pool added in vain": ([[*ADD_POOL, FORGOTTEN], REMOVE_POOL], state()),
    "pool back after a restart": ([ADD_POOL, [*REMOVE_POOL, FORGOTTEN]], state(pool=7)),
    "pool added anew": (
        [ADD_POOL, [*REMOVE_POOL, FORGOTTEN], [*ADD_POOL[:-1], "9"]],
        state(pool=9),
    ),
    "pool changed for now": ([ADD_POOL, ["set-pool", "api", "--queue-limit", "8", FORGOTTEN]], state(pool=7)),
    "listener added in vain": ([[*ADD_LISTENER, FORGOTTEN], REMOVE_LISTENER], state()),
    "listener back after a restart": (
        [ADD_LISTENER, [*REMOVE_LISTENER, FORGOTTEN]],
        state(mode="server"),
    ),
    "listener added anew": (
        [ADD_LISTENER, [*REMOVE_LISTENER, FORGOTTEN], [*ADD_LISTENER[:-1], "raw"]],
        state(mode="raw"),
    ),
    "listener changed for now, then for good": (
        [
            ADD_LISTENER,
            ["set-listener", LISTENER, "--mode", "raw", FORGOTTEN],
            ["set-listener", LISTENER, "--backlog", "99"],
        ],
        state(mode="server"),
    ),
}


@pytest.mark.parametrize(("changes", "wanted"), CASES.values(), ids=CASES)
def test_saved_state_is_what_the_kept_changes_make(new_daemon, tmp_path, changes, wanted):
    daemon = new_daemon()
    flags = ("--state-dir", tmp_path / "state")
    (tmp_path / "state").mkdir()
    daemon.start(*flags)
    daemon.democtl("config", "save")
    for words in changes:
        answer = daemon.democtl_json(*words)
        assert answer["result"]["persisted"] == (FORGOTTEN not in words), words
    assert "in force and not saved" not in daemon.log()
    assert facts(daemon.democtl_json("config", "show", "--which", "saved")) == wanted
    daemon.stop()
    daemon.start(*flags)
    assert facts(daemon.democtl_json("config", "show")) == wanted


def test_change_that_the_saved_state_cannot_have_is_told(new_daemon, tmp_path):
    daemon = new_daemon()
    daemon.start("--state-dir", tmp_path)
    daemon.democtl(*ADD_POOL, FORGOTTEN)
    words = [*ADD_LISTENER[:-1], "proxy"]
    assert not daemon.democtl_json(*words)["result"]["persisted"]
    assert "in force and not saved, as the saved state cannot have it" in daemon.log()
    daemon.stop()
    daemon.start("--state-dir", tmp_path)
    assert facts(daemon.democtl_json("config", "show")) == state()
