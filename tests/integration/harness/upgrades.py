"""A managed daemon whose program is installed where other versions of it will be."""

import os

from ports import free_address, text
from versions import Installed

WORKERS = min(2, len(os.sched_getaffinity(0)))


def installed(managed):
    managed.installed = Installed(managed.daemon.folder / "bin")
    managed.daemon.program = managed.installed.program
    managed.failure = managed.daemon.folder / "failure"
    return managed


def start(managed, *arguments, environment=None, **options):
    """Starts it on two addresses, with its state kept."""
    addresses = [free_address(), free_address()]
    state = managed.daemon.folder / "state"
    state.mkdir()
    managed.start(
        "-k",
        "--state-dir",
        state,
        *arguments,
        listen=[text(address) for address in addresses],
        workers=WORKERS,
        environment={"DEMO_TEST_FAILURE": str(managed.failure), **(environment or {})},
        **options,
    )
    return addresses


def upgrade(daemon, check=True):
    daemon.close_api()
    return daemon.democtl("upgrade", check=check, timeout=60)
