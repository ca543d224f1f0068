"""Processes that stand still: stopped by a signal, and seen to be."""

import os
import signal
from pathlib import Path

from waiting import eventually


def _stands_still(pid):
    """Whether every thread is stopped (proc(5): the state follows the name, which ends at the last ")")."""
    threads = Path(f"/proc/{pid}/task").iterdir()
    return all((thread / "stat").read_text().rpartition(")")[2].split()[0] in "Tt" for thread in threads)


def stand_still(*pids):
    """Stops processes. kill(2) returns before their threads have: who goes on at once would meet some that
    run."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    for pid in pids:
        eventually(lambda pid=pid: _stands_still(pid), f"process {pid} to stand still")
