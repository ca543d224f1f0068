"""A managed daemon whose program is installed where other versions of it will be."""

from managed_start import start_managed
from versions import Installed


def installed(managed):
    managed.installed = Installed(managed.daemon.folder / "bin")
    managed.daemon.program = managed.installed.program
    managed.failure = managed.daemon.folder / "failure"
    return managed


def start(managed, *arguments, environment=None):
    """As start_managed(); where the library is preloaded, versions of it fail as the file says."""
    told = {"DEMO_TEST_FAILURE": str(managed.failure), **(environment or {})}
    return start_managed(managed, *arguments, environment=told)


def upgrade(daemon, check=True):
    daemon.close_api()
    return daemon.democtl("upgrade", check=check, timeout=60)
