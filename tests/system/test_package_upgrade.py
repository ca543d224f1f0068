"""Versions of the Debian package follow each other while clients connect, and none of these notices."""

import contextlib
import json

import pytest
from daemon_process import BUILD
from installed_service import main_pid, wait_answering
from paced_service import paced_clients
from repacked_package import repacked
from waiting import eventually

SERVER = "usr/sbin/demo-server"
WORKER = "usr/libexec/demo-server/demo-server-worker"
NEXT = {
    SERVER: BUILD / "tests/integration/versions/demo-server-next",
    WORKER: BUILD / "daemon/demo-server-worker",
}
BROKEN = {SERVER: "/bin/false"}

LONG_BODY = 32 << 20  # bytes: more than all buffers on the way
UNIT_FACTS = ["MainPID", "NRestarts", "ActiveEnterTimestampMonotonic", "InvocationID"]


@pytest.fixture(scope="module")
def packages(machine, package, tmp_path_factory):
    """The machine's paths of this version of the package, the next one, and one whose daemon cannot run."""
    folder = tmp_path_factory.mktemp("packages")
    return {
        name: machine.put(path)
        for name, path in {
            "this": package,
            "next": repacked(package, folder, "9.0", NEXT),
            "broken": repacked(package, folder, "9.1", BROKEN),
        }.items()
    }


@pytest.fixture
def service(machine, packages):
    """The machine, with this version of the service just started, which keeps connections."""
    machine.run("dpkg", "-i", packages["this"])
    machine.run("systemctl", "restart", "demo-server")
    machine.run("democtl", "keepalive", "on")
    wait_answering(machine)
    return machine


def version(machine):
    return json.loads(machine.run("democtl", "status", "-o", "json").stdout)["version"]


def unit_facts(machine):
    """What changes with every start of the unit."""
    shown = machine.run("systemctl", "show", "demo-server", *(f"--property={fact}" for fact in UNIT_FACTS))
    facts = dict(line.split("=", 1) for line in shown.stdout.splitlines())
    assert list(facts) and facts["MainPID"] != "0"
    return facts


@contextlib.contextmanager
def long_request(machine):
    """A request whose response goes on for as long as the body."""
    client = machine.beside("curl", "-sS", "-N", "-m", "60", f"http://127.0.0.1:80/?s={LONG_BODY}")
    try:
        received = len(client.stdout.read(1))
        yield
        received += len(client.stdout.read())
    finally:
        client.kill()
        client.wait()
    assert received == LONG_BODY


def install(machine, package):
    """What dpkg and the package print; it has to succeed."""
    return machine.run("dpkg", "-i", package).stdout


def upgrade(machine, packages):
    install(machine, packages["next"])
    assert version(machine).endswith("+next")


def upgrade_and_downgrade(machine, packages):
    upgrade(machine, packages)
    assert "downgrading" in install(machine, packages["this"])
    assert not version(machine).endswith("+next")


def install_again(machine, packages):
    before = version(machine)
    install(machine, packages["this"])
    assert version(machine) == before


EVENTS = [upgrade, upgrade_and_downgrade, install_again]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_client_notices_and_the_unit_is_not_restarted(service, packages, event):
    before = unit_facts(service)
    with paced_clients(service, f"package: {event.__name__}", others=1), long_request(service):
        event(service, packages)
    assert unit_facts(service) == before


def test_a_version_that_cannot_run_leaves_the_one_before_serving_and_says_so(service, packages):
    before, running = unit_facts(service), version(service)
    with paced_clients(service, "package: broken version", others=1), long_request(service):
        told = install(service, packages["broken"])
    assert "the rehearsal of the new version failed, nothing has changed" in told
    assert "democtl upgrade" in told
    assert (unit_facts(service), version(service)) == (before, running)
    install(service, packages["next"])
    assert version(service).endswith("+next")
    assert unit_facts(service) == before


@contextlib.contextmanager
def unreachable(machine):
    """Nobody finds the control socket that is there now."""
    machine.run("mv", "/run/demo-server/control.sock", "/run/demo-server/away")
    try:
        yield
    finally:
        machine.shell("cd /run/demo-server; [ -e control.sock ] || mv away control.sock; rm -f away")


def test_a_daemon_that_cannot_be_asked_is_restarted(service, packages):
    old = main_pid(service)
    with paced_clients(service, "package: restarted", others=1), long_request(service):
        with unreachable(service):
            told = install(service, packages["next"])
        assert "restarted, since" in told
        eventually(lambda: version(service).endswith("+next"), "the next version to answer")
    assert main_pid(service) not in ("0", old)


def test_who_cannot_be_asked_is_not_restarted_for_a_version_that_cannot_run(service, packages):
    before = unit_facts(service)
    with unreachable(service):
        assert "cannot run" in install(service, packages["broken"])
    assert unit_facts(service) == before
    wait_answering(service)


def test_policy_against_restarts_goes_for_upgrades(service, packages):
    before, running = unit_facts(service), version(service)
    service.shell("printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d; chmod +x /usr/sbin/policy-rc.d")
    try:
        install(service, packages["next"])
    finally:
        service.run("rm", "/usr/sbin/policy-rc.d")
    assert (unit_facts(service), version(service)) == (before, running)


def test_a_service_that_does_not_run_is_not_asked(service, packages):
    service.run("systemctl", "disable", "--now", "demo-server")
    told = install(service, packages["next"])
    assert "demo-server.service:" not in told
    assert service.run("systemctl", "is-active", "demo-server", check=False).stdout == "inactive\n"
    service.run("systemctl", "enable", "--now", "demo-server")
    assert version(service).endswith("+next")
