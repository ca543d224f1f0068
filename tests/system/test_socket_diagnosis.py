"""The service may open no netlink socket; who listens it asks by the one that systemd passes it."""

import pytest
from installed_service import main_pid, wait_answering, worker_pids
from waiting import eventually

EXPOSURE = 15  # ten times the number that systemd-analyze prints
ADDRESS = "127.0.0.1:9009"
FREE_SECONDS = 2  # it takes four where nobody tells whether handshakes are open


def diagnosis_sockets(machine, pid):
    """How many descriptors of sock_diag(7), protocol 4 of netlink, a process has."""
    return int(
        machine.shell(
            f"""ls -l /proc/{pid}/fd >/tmp/descriptors
                awk '$2 == 4 {{ print "socket:[" $NF "]" }}' /proc/net/netlink >/tmp/sockets
                grep -cFf /tmp/sockets /tmp/descriptors || true"""
        ).stdout
    )


def stored(machine):
    """How many descriptors systemd keeps for the service."""
    return int(machine.run("systemctl", "show", "-P", "NFileDescriptorStore", "demo-server").stdout)


def frees_at_once(machine):
    machine.run("democtl", "add-listener", ADDRESS, "--mode", "server")
    machine.run("curl", "-sf", f"http://{ADDRESS}/")
    machine.run("democtl", "remove-listener", ADDRESS)
    eventually(
        lambda: machine.run("ss", "-Hlnt", f"src {ADDRESS}").stdout == "",
        f"{ADDRESS} to be free",
        seconds=FREE_SECONDS,
    )


def wait_succeeded(machine, old):
    eventually(lambda: main_pid(machine) not in ("0", old), "a new supervisor", seconds=90)
    eventually(
        lambda: machine.run("systemctl", "is-active", "demo-server", check=False).stdout == "active\n",
        "the service to be active",
        seconds=60,
    )
    wait_answering(machine)


def restart(machine):
    old = main_pid(machine)
    machine.run("systemctl", "restart", "demo-server")
    wait_succeeded(machine, old)


def kill(machine):
    old = main_pid(machine)
    machine.run("kill", "-9", old)
    wait_succeeded(machine, old)


def upgrade(machine):
    machine.run("democtl", "upgrade")
    wait_answering(machine)


def all_in_turn(machine):
    for event in (upgrade, kill, kill, restart, restart, upgrade, kill):
        event(machine)


def test_the_service_is_closed_enough(machine):
    told = machine.run(
        "systemd-analyze", "security", f"--threshold={EXPOSURE}", "demo-server.service", check=False
    )
    assert told.returncode == 0, told.stdout[-200:]
    families = machine.run("systemctl", "show", "-P", "RestrictAddressFamilies", "demo-server").stdout
    assert "AF_INET" in families and "AF_NETLINK" not in families


@pytest.mark.parametrize("event", [None, restart, kill, upgrade, all_in_turn])
def test_the_supervisor_alone_has_the_one_that_systemd_passed(machine, event):
    wait_answering(machine)
    frees_at_once(machine)
    before = stored(machine)
    if event is not None:
        event(machine)
    frees_at_once(machine)
    assert diagnosis_sockets(machine, main_pid(machine)) == 1
    assert diagnosis_sockets(machine, 1) == 0, "systemd still has it in its store"
    eventually(lambda: stored(machine) == before, "systemd to keep as much as before", seconds=60)
    assert not any(diagnosis_sockets(machine, pid) for pid in worker_pids(machine))


def test_without_the_program_the_service_starts_and_serves(machine):
    program = "/usr/libexec/demo-server/pass-sock-diag"
    machine.run("mv", program, "/root/pass-sock-diag")
    try:
        machine.run("systemctl", "stop", "demo-server")
        machine.run("systemctl", "start", "demo-server")
        wait_answering(machine)
        assert diagnosis_sockets(machine, main_pid(machine)) == 0
        machine.run("democtl", "add-listener", ADDRESS, "--mode", "server")
        machine.run("democtl", "remove-listener", ADDRESS)
    finally:
        machine.run("mv", "/root/pass-sock-diag", program)
        restart(machine)
    frees_at_once(machine)
