"""The system calls of a process while something happens, counted by strace."""

import collections
import re
import signal
import subprocess

import proc_facts
import pytest
from waiting import PATIENCE, eventually


class SyscallTrace:
    """with SyscallTrace(pid, file) as trace: ...; afterwards trace.counts and trace.lines."""

    def __init__(self, pid, path):
        self.pid = pid
        self.path = path
        self.counts = collections.Counter()
        self.lines = []

    def _tracer(self):
        return proc_facts.status_number(self.pid, "TracerPid")

    def __enter__(self):
        self._process = subprocess.Popen(
            ["strace", "-q", "-p", str(self.pid), "-o", str(self.path)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

        def attached():
            if self._process.poll() is not None:
                pytest.skip(f"strace cannot attach: {self._process.stdout.read().decode().strip()}")
            return self._tracer() == self._process.pid

        eventually(attached, "strace to attach")
        # Attaching interrupts the wait that is under way: it begins anew, traced.
        eventually(
            lambda: self.path.exists() and "epoll_wait" in self.path.read_text(), "the first traced call"
        )
        return self

    def __exit__(self, *_):
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=20 * PATIENCE)
        eventually(lambda: self._tracer() == 0, "strace to detach")
        self.lines = [line for line in self.path.read_text().splitlines() if re.match(r"\w+\(", line)]
        self.counts = collections.Counter(line.split("(", 1)[0] for line in self.lines)

    def without_heartbeat(self):
        """The counts without the loop's wait and without what the worker does once a second."""
        counts = dict(self.counts)
        counts.pop("epoll_wait", None)
        cpu_time = sum("CLOCK_PROCESS_CPUTIME_ID" in line for line in self.lines)
        counts["clock_gettime"] = counts.get("clock_gettime", 0) - cpu_time
        return {name: count for name, count in counts.items() if count}

    def of_connections(self, count):
        """The same for so many accepted connections: of looks at an empty queue there may be a few more."""
        counts = self.without_heartbeat()
        # Now and then the queue is asked whether there is more, oftener where connections came together, as
        # on a busy machine. Without learning each would be followed by such a look.
        # The end of the last look may come too late to be seen.
        empty = sum(
            "EAGAIN" in line or "<detached" in line for line in self.lines if line.startswith("accept4")
        )
        assert empty <= count * 0.25, f"{empty} of {count} looks at an empty queue"
        counts["accept4"] -= empty
        return counts
