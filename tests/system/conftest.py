"""What tests of whole systems need: the rights to make namespaces, a machine with the package installed."""

import os
import subprocess

import pytest
from installed_service import booted_with, built_package


def namespaces_forbidden():
    """Why network and mount namespaces cannot be made here, or None."""
    tried = subprocess.run(
        ["unshare", "--mount", "--net", "--pid", "--fork", "true"],
        capture_output=True,
        text=True,
        check=False,
    )
    if tried.returncode == 0:
        return None
    if os.getuid() != 0:
        return "not root: run tests/run as root (or with sudo) for the system tests"
    return f"this kernel forbids namespaces: {tried.stderr.strip()}"


@pytest.fixture(scope="session", autouse=True)
def rights():
    reason = namespaces_forbidden()
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="module")
def package():
    """demo-server_*.deb of this tree."""
    return built_package()


@pytest.fixture(scope="module")
def machine(package):
    """A booted machine with the package installed."""
    booted = booted_with(package)
    yield booted
    booted.close()


def pytest_sessionfinish(session, exitstatus):
    """All tests skipped: ctest shall say so."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    if exitstatus == 0 and stats.get("skipped") and not stats.get("passed"):
        session.exitstatus = 77
