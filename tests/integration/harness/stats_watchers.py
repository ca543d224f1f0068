"""Many watchers of one daemon in a process of their own: stats_watchers.py SOCKET COUNT READERS.

Every watcher asks for complete samples ten times a second. The first READERS of them read; the others take
one message and no more. Prints "watching" when each has had its first one, ends when its input ends, and
prints how many messages came after that.
"""

import os
import subprocess
import sys
import threading

from waiting import eventually


class StatsWatchers:
    """with StatsWatchers(daemon, 100, readers=90) as watchers: ...; afterwards watchers.messages."""

    def __init__(self, daemon, count, readers, cores=None):
        self.messages = 0
        command = [sys.executable, "-B", __file__, str(daemon.control_path), str(count), str(readers)]
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
        )

    def __enter__(self):
        said = self._process.stdout.readline().strip()
        assert said == "watching", said
        return self

    def __exit__(self, *_):
        said, _ = self._process.communicate("", timeout=60)
        self.messages = int(said)


def watch(path, count, readers):
    from control_api import ControlApi  # pylint: disable=import-outside-toplevel

    api = ControlApi(path)
    read = [0] * count
    streams = [
        api.monitor.WatchStats(interval={"nanos": 100_000_000}, always_complete=True, timeout=600)
        for _ in range(count)
    ]

    def follow(index):
        for _ in streams[index]:
            read[index] += 1
            if index >= readers:
                return

    for index in range(count):
        threading.Thread(target=follow, args=(index,), daemon=True).start()
    eventually(lambda: all(read), "a message for every watcher", seconds=60)
    print("watching", flush=True)
    before = sum(read)
    sys.stdin.read()
    print(sum(read) - before, flush=True)
    os._exit(0)  # the streams need no farewell


if __name__ == "__main__":
    watch(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
