"""Who asked for a change, a restart or a save stands in the log and in the events."""

import os
import pwd

from control_api import enum


def events_by(daemon, caller):
    stream = daemon.monitor.WatchEvents(after_sequence=0, timeout=30)
    return [message.event for message in stream if message.event.caller == caller]


def test_everything_that_a_caller_does_names_it(new_daemon):
    daemon = new_daemon()
    state = daemon.folder / "state"
    state.mkdir()
    daemon.start("--state-dir", state)
    caller = f"uid {os.getuid()} ({pwd.getpwuid(os.getuid()).pw_name})"
    assert daemon.monitor.WhoAmI().name == caller

    daemon.democtl("keepalive", "on")
    daemon.democtl("restart-worker", "--all")
    daemon.democtl("config", "save")

    events = events_by(daemon, caller)
    changed = enum("EventKind").Value("EVENT_KIND_CONFIG_CHANGED")
    draining = enum("EventKind").Value("EVENT_KIND_WORKER_DRAINING")
    assert [event.kind for event in events] == [changed, draining, changed]
    change, restart, save = (event.message for event in events)
    assert "client_keepalive.enabled: false -> true" in change
    assert "restart of all workers" in restart
    assert "saved" in save
    for message in (change, restart, save):
        assert caller in message and message in daemon.log()
