"""An upgrade that has no room is refused before anything changes, and says what it lacks."""

import resource

from managed_start import WORKERS
from ports import free_address, text
from upgrades import start, upgrade

LISTENERS = 40


def test_too_few_descriptors_are_told_with_their_number(managed):
    start(managed)
    daemon = managed.daemon
    for _ in range(LISTENERS):
        daemon.democtl("add-listener", text(free_address()))
    limit, most = resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE)
    few = LISTENERS * WORKERS + 60
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (few, most))
    workers = daemon.worker_pids()
    told = upgrade(daemon, check=False)
    assert told.returncode != 0
    assert f"this process may open {few}: raise the limit of open files" in told.stderr
    assert daemon.worker_pids() == workers
    resource.prlimit(daemon.pid, resource.RLIMIT_NOFILE, (limit, most))
    upgrade(daemon)
    managed.wait_alone(WORKERS)
    managed.stop()
