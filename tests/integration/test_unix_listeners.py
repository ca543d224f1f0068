"""Listeners on unix paths: who has the path through changes that are refused, repeated and undone."""

import os
import socket

import pytest
from waiting import eventually


def ask(path):
    """The status line of a GET over a unix path."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(10)
        client.connect(str(path))
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        return client.recv(4096).split(b"\r\n")[0].decode()


OK = "HTTP/1.1 200 OK"


@pytest.fixture
def served(new_daemon):
    """A daemon on a unix path, with a state folder."""
    daemon = new_daemon()
    daemon.path = daemon.folder / "sockets" / "web.sock"
    daemon.path.parent.mkdir()
    daemon.state = daemon.folder / "state"
    daemon.state.mkdir()
    return daemon.start("--state-dir", daemon.state, listen=[f"unix:{daemon.path}"])


def files(daemon):
    return sorted(os.listdir(daemon.path.parent))


@pytest.mark.parametrize(
    "change",
    [
        ("accept-mode", "shared"),
        ("set-listener", "unix:{path}", "--backlog", "7"),
        ("remove-listener", "unix:{path}"),
    ],
    ids=lambda change: change[0],
)
def test_a_refused_change_keeps_the_path_answered(served, change):
    (served.state / "state.json.new").mkdir()
    arguments = [each.format(path=served.path) for each in change]
    assert served.democtl(*arguments, check=False).returncode != 0
    assert ask(served.path) == OK
    assert files(served) == ["web.sock"]
    (served.state / "state.json.new").rmdir()
    served.democtl(*arguments)
    if change[0] == "remove-listener":
        assert files(served) == []
    else:
        assert ask(served.path) == OK
        assert files(served) == ["web.sock"]


def test_a_refused_new_listener_leaves_no_file(served):
    (served.state / "state.json.new").mkdir()
    other = served.path.parent / "other.sock"
    assert served.democtl("add-listener", f"unix:{other}", check=False).returncode != 0
    assert files(served) == ["web.sock"]
    (served.state / "state.json.new").rmdir()
    served.democtl("add-listener", f"unix:{other}")
    assert ask(other) == OK


def test_modes_go_there_and_back_and_the_file_keeps_its_mode(served):
    served.path.chmod(0o640)
    for mode in ("shared", "exclusive", "shared", "reuseport", "shared"):
        served.democtl("accept-mode", mode)
        assert ask(served.path) == OK
    served.democtl("set-listener", f"unix:{served.path}", "--backlog", "7")
    assert ask(served.path) == OK
    assert served.path.stat().st_mode & 0o777 == 0o640
    assert files(served) == ["web.sock"]


def test_another_way_to_the_same_path_names_the_listener_that_has_it(served):
    link = served.folder / "link"
    link.symlink_to(served.path.parent)
    refused = served.democtl("add-listener", f"unix:{link}/web.sock", check=False)
    assert refused.returncode == 4
    assert f"this daemon's own listener unix:{served.path}" in refused.stderr
    assert ask(served.path) == OK


def test_every_verb_knows_a_listener_whatever_way_its_path_is_written(served):
    other = served.path.parent / "other.sock"
    spelled = f"unix:{other.parent}/.//{other.name}"
    served.democtl("add-listener", spelled)
    assert f"unix:{other} " in served.democtl("listeners").stdout
    refused = served.democtl("add-listener", f"unix:{other}", check=False)
    assert refused.returncode == 4 and "exists" in refused.stderr
    served.democtl("set-listener", spelled, "--backlog", "7")
    assert ask(other) == OK
    served.democtl("remove-listener", f"unix:{other.parent}//{other.name}")
    assert files(served) == ["web.sock"]


def test_the_file_of_another_program_is_left_alone(served):
    taken = served.path.parent / "taken.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        other.bind(str(taken))
        other.listen()
        refused = served.democtl("add-listener", f"unix:{taken}", check=False)
        assert refused.returncode == 4 and "another program listens there" in refused.stderr
    # Nobody listens any more.
    served.democtl("add-listener", f"unix:{taken}")
    assert ask(taken) == OK


@pytest.mark.parametrize("kind", ["socket", "file"])
@pytest.mark.parametrize("change", [("--accept-mode", "shared"), ("--backlog", "7")])
def test_what_others_put_in_the_place_of_a_listener_is_left_alone(served, kind, change):
    listener = f"unix:{served.path}"
    served.path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as other:
        if kind == "socket":
            other.bind(str(served.path))
            other.listen()
        else:
            served.path.write_text("precious")
        theirs = served.path.stat().st_ino
        # Refused, or in force and waiting for its path once that trouble is known.
        changed = served.democtl("set-listener", listener, *change, check=False)
        assert changed.returncode == 0 or f"cannot listen on {listener}" in changed.stderr, changed.stderr
        eventually(lambda: f"listen on {listener}" in str(served.monitor.GetStatus().problems),
                   "status to say why nobody reaches the listener")
        assert served.path.stat().st_ino == theirs
        served.stop()
        assert served.path.stat().st_ino == theirs
    assert files(served) == ["web.sock"]


def test_a_path_that_somebody_removed_comes_back_by_itself(served):
    served.path.unlink()
    eventually(lambda: ask(served.path) == OK, "the path to be answered again")
    assert f"listener unix:{served.path}" in served.log()
    served.path.parent.rename(served.folder / "elsewhere")
    eventually(lambda: served.monitor.GetStatus().problems, "status to name the listener")
    served.democtl("accept-mode", "shared")
    served.path.parent.mkdir()
    eventually(lambda: ask(served.path) == OK, "the path to be answered in its new folder")
    eventually(lambda: not served.monitor.GetStatus().problems, "status to be good again")


def test_a_state_folder_that_was_moved_away_is_noticed(served):
    served.democtl("keepalive", "on")
    moved = served.folder / "moved"
    served.state.rename(moved)
    before = (moved / "state.json").read_bytes()
    for change in (("keepalive", "off"), ("keepalive", "on"), ("config", "save")):
        refused = served.democtl(*change, check=False)
        assert refused.returncode != 0
        assert "the state directory was moved away or removed, so nothing was saved" in refused.stderr
    assert (moved / "state.json").read_bytes() == before
    assert ask(served.path) == OK
    served.state.mkdir()
    served.democtl("keepalive", "off")
    assert (served.state / "state.json").exists()
    assert (moved / "state.json").read_bytes() == before
