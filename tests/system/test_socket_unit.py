"""Port 80 by demo-server.socket: the service has no capability, and a user namespace of its own."""

import json
import re

import pytest
from installed_service import main_pid, wait_answering, worker_pids
from paced_service import paced_clients
from waiting import eventually

DROP_IN = "/etc/systemd/system/demo-server.service.d/by-socket.conf"
EXPOSURE = 12  # ten times the number that systemd-analyze prints


def state(machine, unit):
    return machine.run("systemctl", "is-active", unit, check=False).stdout.strip()


def wait_active(machine):
    eventually(
        lambda: [state(machine, unit) for unit in ("demo-server.socket", "demo-server")] == ["active"] * 2,
        "both units to be active",
        seconds=90,
    )


def socket_inode(machine):
    """Of what listens on port 80."""
    return re.findall(r"ino:(\d+)", machine.run("ss", "-Hlnte", "sport = :80").stdout)


def test_the_package_neither_enables_nor_starts_the_socket(machine):
    assert machine.run("systemctl", "is-enabled", "demo-server.socket", check=False).stdout == "disabled\n"
    assert state(machine, "demo-server.socket") == "inactive"


@pytest.fixture(scope="module")
def service(machine):
    """The machine as demo-server(8) says how to have it, with a service that keeps connections."""
    machine.shell(
        f"""systemctl stop demo-server
            install -D -m 644 /usr/share/demo-server/by-socket.conf {DROP_IN}
            systemctl daemon-reload
            systemctl enable --now demo-server.socket
            systemctl start demo-server
            democtl keepalive on"""
    )
    wait_answering(machine)
    return machine


def test_port_80_is_served_without_any_capability_and_among_nobody(service):
    root = service.run("readlink", "/proc/1/ns/user").stdout
    for pid in [main_pid(service), *worker_pids(service)]:
        sets = re.findall(r"^Cap(?!Amb)\w+:\s*(\w+)$", service.run("cat", f"/proc/{pid}/status").stdout, re.M)
        assert len(sets) == 4 and not any(int(one, 16) for one in sets)
        assert service.run("readlink", f"/proc/{pid}/ns/user").stdout != root
    service.run("curl", "-sf", "http://127.0.0.1:80/")
    assert len(socket_inode(service)) == 1
    unit = ["systemd-analyze", "security", f"--threshold={EXPOSURE}", "demo-server.service"]
    told = service.run(*unit, check=False)
    assert told.returncode == 0, told.stdout[-200:]


def test_the_status_tells_how_the_workers_share_the_socket(service):
    workers = len(worker_pids(service))
    problems = json.loads(service.run("democtl", "status", "-o", "json").stdout).get("problems", [])
    mode = "0.0.0.0:80 has accept mode exclusive, not reuseport"
    told = f"{mode}: passed by systemd: 1 socket for {workers} workers"
    assert (told in problems) == (workers > 1), problems


def test_who_changed_something_is_nobody_unless_it_was_root(service):
    member = ["setpriv", "--reuid=1", "--regid=demo-server", "--clear-groups"]
    service.run(*member, "democtl", "debug", "on")
    service.run("democtl", "debug", "off")
    events = service.run("democtl", "events", "-o", "jsonl").stdout
    assert "uid 65534" in events and "uid 0" in events and "uid 1 " not in events


def restart(machine):
    machine.run("systemctl", "restart", "demo-server")


def kill(machine):
    machine.run("kill", "-9", main_pid(machine))


def upgrade(machine):
    machine.run("democtl", "upgrade")


@pytest.mark.parametrize("event", [restart, kill, upgrade], ids=lambda event: event.__name__)
def test_no_client_notices(service, event):
    inode = socket_inode(service)
    with paced_clients(service, f"{event.__name__}, by the socket unit"):
        event(service)
        wait_active(service)
    assert socket_inode(service) == inode


def test_a_client_starts_a_service_that_was_stopped(service):
    service.run("systemctl", "stop", "demo-server")
    service.run("curl", "-sf", "http://127.0.0.1:80/")
    wait_active(service)


def test_a_restart_of_the_socket_restarts_both(service):
    old, inode = main_pid(service), socket_inode(service)
    service.run("systemctl", "restart", "demo-server.socket")
    wait_active(service)
    wait_answering(service)
    assert main_pid(service) != old and socket_inode(service) != inode


def test_a_purge_stops_both(service):
    service.run("dpkg", "--purge", "demo-server")
    assert worker_pids(service) == [] and socket_inode(service) == []
    wants = "/etc/systemd/system/sockets.target.wants/demo-server.socket"
    assert service.run("test", "-L", wants, check=False).returncode != 0
