"""The package of a version that cannot be asked to upgrade, out of the history, and this one over it."""

import subprocess

import pytest
from installed_service import SOURCE, booted_with, build_package, main_pid, wait_answering, worker_pids
from lengths import LONG
from paced_service import paced_clients

pytestmark = pytest.mark.skipif(not LONG, reason="compiles another version: tests/run --long does it")

API = "proto/demo/control/v1/control.proto"


def git(*arguments, **options):
    command = ["git", "-C", str(SOURCE), "-c", f"safe.directory={SOURCE}", *arguments]
    return subprocess.run(command, capture_output=True, check=False, **options).stdout


@pytest.fixture(scope="module")
def old_package(tmp_path_factory):
    """demo-server_*.deb of the last commit whose daemon has no call for an upgrade."""
    commits = git("log", "--format=%H", "-S", "rpc Upgrade(", "--", API).decode().split()
    before = git("rev-parse", "--verify", "--quiet", f"{commits[-1]}^").decode().strip() if commits else ""
    if not before:
        pytest.skip("the history is not here")
    folder = tmp_path_factory.mktemp("history")
    tree = folder / "tree"
    tree.mkdir()
    subprocess.run(["tar", "-C", str(tree), "-xf", "-"], input=git("archive", before), check=True)
    return build_package(tree, folder / "deb")


@pytest.fixture(scope="module")
def old_machine(old_package):
    booted = booted_with(old_package)
    yield booted
    booted.close()


def test_it_is_restarted_and_no_client_notices(old_machine, package):
    old_machine.run("democtl", "keepalive", "on")
    wait_answering(old_machine)
    assert old_machine.run("democtl", "upgrade", check=False).returncode != 0
    old = main_pid(old_machine)
    with paced_clients(old_machine, "package: from one without upgrades"):
        told = old_machine.run("dpkg", "-i", old_machine.put(package)).stdout
    assert "restarted, since" in told
    assert main_pid(old_machine) not in ("0", old)
    old_machine.run("democtl", "upgrade")


def test_removal_and_purge_after_it_leave_nothing(old_machine):
    old_machine.run("dpkg", "--remove", "demo-server")
    assert worker_pids(old_machine) == []
    old_machine.run("dpkg", "--purge", "demo-server")
    left = old_machine.shell("find /etc /usr /lib /var /run -name '*demo-server*' ! -path '/var/log/*'")
    assert left.stdout == ""
