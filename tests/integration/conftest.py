"""Fixtures: every daemon and backend that a test starts ends with it."""

import signal
import subprocess

import pytest
from certificates import make_certificate
from daemon_process import Daemon
from descriptor_store import ManagedDaemon
from scripted_backend import ScriptedBackend
from socket_unit import SocketUnit
from upgrades import installed


@pytest.fixture
def new_daemon(request):
    """Makes daemons; each is stopped at the end and must have left well, unless the test ended it itself."""
    made = request.node.daemons = []

    def make(folder=None):
        daemon = Daemon(folder)
        made.append(daemon)
        return daemon

    yield make
    try:
        for daemon in made:
            if daemon.process is not None and daemon.process.poll() is None:
                daemon.signal(signal.SIGCONT)  # a test may have stopped it
                daemon.stop()
        for daemon in made:
            daemon.check_log()
    finally:
        for daemon in made:
            daemon.kill()
            daemon.remove()


@pytest.fixture
def start_daemon(new_daemon):
    """Makes and starts a daemon with the given arguments."""

    def start(*arguments, **options):
        return new_daemon().start(*arguments, **options)

    return start


@pytest.fixture
def daemon(start_daemon):
    """One with nothing but its defaults."""
    return start_daemon()


@pytest.fixture
def new_managed(new_daemon):
    """Makes daemons with a service manager of their own, of which the manager must have nothing to say."""
    made = []

    def make(limit=16384):
        made.append(ManagedDaemon(new_daemon(), limit=limit))
        return made[-1]

    yield make
    for managed in made:
        managed.close()
    assert [complaint for managed in made for complaint in managed.store.complaints] == []


@pytest.fixture
def managed(new_managed):
    """One whose program is installed where other versions of it will be."""
    return installed(new_managed())


@pytest.fixture
def unit():
    """Sockets that a service manager passes."""
    made = SocketUnit()
    yield made
    made.close()


@pytest.fixture
def new_backend():
    """Makes scripted backends and closes them at the end."""
    made = []

    def make(*arguments, **options):
        backend = ScriptedBackend(*arguments, **options)
        made.append(backend)
        return backend

    yield make
    for backend in made:
        backend.close()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 64 KiB, or a skip where this user may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip(f"no right to mount a file system: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A folder: a server, clients with each role, and a stranger whom another authority vouches for."""
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder, "ca", "test authority")
    make_certificate(folder, "other-ca", "another authority")
    make_certificate(folder, "server", "demo", "ca", "IP:127.0.0.1,DNS:demo.example")
    make_certificate(folder, "admin", "admin", "ca")
    make_certificate(folder, "viewer", "viewer:grafana", "ca")
    make_certificate(folder, "stranger", "admin", "other-ca")
    return folder


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """A failing test shows the logs of its daemons."""
    outcome = yield
    report = outcome.get_result()
    if report.failed and call.when in ("call", "setup"):
        for daemon in getattr(item, "daemons", []):
            report.sections.append(("demo-server log", daemon.log()[-8000:]))


def pytest_sessionfinish(session, exitstatus):
    """All tests skipped: ctest shall say so."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    stats = reporter.stats if reporter else {}
    if exitstatus == 0 and stats.get("skipped") and not stats.get("passed"):
        session.exitstatus = 77
