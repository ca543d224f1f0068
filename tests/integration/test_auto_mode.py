"""A listener of mode auto that was given a backend never answers in its place."""

import json

import pytest
from control_api import enum
from raw_client import get
from waiting import eventually


def set_mode(daemon, mode):
    address = daemon.monitor.ListListeners().listeners[0].listener.address
    daemon.control.UpdateListener(
        listener={"address": address, "mode": enum("ListenerMode").Value(f"LISTENER_MODE_{mode}")}
    )


def remove_backend(daemon, backend):
    daemon.control.RemoveBackend(endpoint=backend.text)


def apply_without_the_pool(daemon, _):
    """RemovePool is refused while the listener forwards to it."""
    told = daemon.monitor.GetConfig().running
    del told.pools[:]
    daemon.control.ApplyConfig(config=told)


def move_to_an_empty_pool(daemon, _):
    address = daemon.monitor.ListListeners().listeners[0].listener.address
    daemon.control.UpdateListener(listener={"address": address, "pool": "nothing"})


@pytest.mark.parametrize("take_away", [remove_backend, apply_without_the_pool, move_to_an_empty_pool])
def test_without_backends_it_answers_503_over_restarts_until_server_mode_is_asked_for(
    new_daemon, new_backend, take_away
):
    daemon = new_daemon()
    flags = ("--state-dir", daemon.folder / "state")
    (daemon.folder / "state").mkdir()
    daemon.start(*flags)
    assert get(daemon.address).status == 200
    backend = new_backend()
    daemon.control.AddBackend(backend={"endpoint": backend.text})
    assert get(daemon.address).body == b"backend\n"
    assert "auto (proxy)" in daemon.democtl("listeners").stdout
    take_away(daemon, backend)
    assert get(daemon.address).status == 503
    daemon.stop()
    daemon.start(*flags)
    assert get(daemon.address).status == 503
    set_mode(daemon, "SERVER")
    assert get(daemon.address).status == 200
    if take_away is not move_to_an_empty_pool:
        set_mode(daemon, "AUTO")
        assert get(daemon.address).status == 200
        assert "auto (server)" in daemon.democtl("listeners").stdout
        daemon.stop()
        daemon.start(*flags)
        assert get(daemon.address).status == 200


def test_name_that_does_not_resolve_is_a_backend(start_daemon):
    daemon = start_daemon("-x", "nope.invalid:80")
    assert get(daemon.address).status == 503


def test_reset_to_a_file_without_backends_goes_on_forwarding(start_daemon, new_backend):
    daemon = start_daemon()
    daemon.control.AddBackend(backend={"endpoint": new_backend().text})
    daemon.control.ResetConfig()
    assert not daemon.monitor.ListBackends().backends
    assert get(daemon.address).status == 503


def test_state_that_was_shown_or_exported_brings_the_decision_back(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon("-x", backend.text)
    remove_backend(daemon, backend)
    assert get(daemon.address).status == 503
    shown = daemon.folder / "shown.json"
    shown.write_text(daemon.democtl("config", "show").stdout)
    commands = daemon.democtl("config", "export-commands").stdout
    other = start_daemon()
    assert get(other.address).status == 200
    theirs = other.monitor.ListListeners().listeners[0].listener.address
    state = json.loads(shown.read_text())
    state["listeners"][0]["address"] = theirs
    shown.write_text(json.dumps(state))
    other.democtl("config", "apply", shown)
    assert get(other.address).status == 503
    assert "auto (proxy)" in other.democtl("listeners").stdout
    line = next(c for c in commands.splitlines() if "add-listener" in c)
    verb, _, *options = line.split()[1:]
    other.democtl("remove-listener", theirs)
    other.democtl(verb, theirs, *options)
    eventually(lambda: get(other.address).status == 503, "the listener to be back")


def test_saved_state_from_before_is_decided_by_the_backends_that_it_has(new_daemon):
    daemon = new_daemon()
    state = daemon.folder / "state" / "state.json"
    state.parent.mkdir()
    listener = {"address": "127.0.0.1:0", "mode": "LISTENER_MODE_AUTO"}
    pool = {"name": "default", "backends": [{"endpoint": "nope.invalid:80"}]}
    state.write_text(json.dumps({"listeners": [listener], "pools": [pool]}))
    daemon.start("--state-dir", state.parent)
    assert daemon.monitor.GetStatus().config_source == "state"
    assert get(daemon.address).status == 503
