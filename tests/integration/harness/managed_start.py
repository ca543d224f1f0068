"""How tests of what outlives a supervisor start one that a service manager keeps descriptors for."""

import os

from ports import free_address, text

WORKERS = min(2, len(os.sched_getaffinity(0)))


def start_managed(managed, *arguments, **options):
    """Starts it on two addresses, which are returned, with its state kept."""
    addresses = [free_address(), free_address()]
    state = managed.daemon.folder / "state"
    state.mkdir()
    listen = [text(address) for address in addresses]
    managed.start("-k", "--state-dir", state, *arguments, listen=listen, workers=WORKERS, **options)
    return addresses
