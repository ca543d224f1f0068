"""A supervisor without descriptors can still be asked what is wrong."""

import resource
import socket

from shortage import forbid_descriptors
from waiting import eventually


def connect_idle(path, count):
    """Connections that nobody uses."""
    idle = []
    for _ in range(count):
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        client.connect(str(path))
        idle.append(client)
    return idle


def test_the_daemon_keeps_descriptors_for_its_control_api(start_daemon):
    daemon = start_daemon()
    soft, hard = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    assert hard // 2 < soft < hard


def test_status_answers_new_clients_and_names_the_shortage(start_daemon):
    daemon = start_daemon()
    before = forbid_descriptors(daemon.pid)
    # Each is a connection of its own.
    for _ in range(5):
        status = daemon.democtl_json("status")
        assert status["degraded"]
        assert any("no file descriptor left" in problem for problem in status["problems"]), status
    refused = daemon.democtl("add-listener", f"unix:{daemon.folder}/more.sock", check=False)
    assert refused.returncode != 0
    assert "do not fit: the supervisor may open" in refused.stderr
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)
    assert not daemon.democtl_json("status").get("degraded", False)
    daemon.democtl("add-listener", f"unix:{daemon.folder}/more.sock")


def test_viewers_leave_the_administrators_their_descriptors(start_daemon):
    daemon = start_daemon()
    before = forbid_descriptors(daemon.pid)
    idle = connect_idle(daemon.folder / "monitor.sock", 40)
    eventually(lambda: "monitor.sock: cannot accept" in daemon.log(), "the viewers' part to be used up")
    assert daemon.democtl_json("status")["degraded"]
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, before)
    for client in idle:
        client.close()
