"""Load generators as processes: wrk for persistent connections, ab for short ones."""

import re
import signal
import subprocess
import threading
from dataclasses import dataclass

from waiting import PATIENCE, eventually


def requests_flow(daemon, count=200, what="requests to flow"):
    """Waits until the daemon has taken so many more requests."""
    before = daemon.totals().get("requests", 0)
    eventually(lambda: daemon.totals().get("requests", 0) >= before + count, what)


@dataclass
class LoadResult:
    requests: int
    failed: int  # refused, reset, timed out, wrong length
    bad_status: int  # not 2xx
    text: str

    def check(self):
        assert self.failed == 0 and self.bad_status == 0 and self.requests > 0, self.text


class Load:
    """A running load generator; wait() gives its result."""

    def __init__(self, command, parse, prefix=()):
        self.command = [*prefix, *command]
        self._parse = parse
        self.process = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def running(self):
        return self.process.poll() is None

    def wait(self, timeout=300.0):
        try:
            text, _ = self.process.communicate(timeout=timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        text = " ".join(self.command) + "\n" + text
        assert self.process.returncode == 0, text
        return self._parse(text)

    def finish(self):
        """Ends a wrk that has seen enough before its time: it still reports."""
        assert self.running(), "it ended before what it was there for: give it more seconds"
        self.process.send_signal(signal.SIGINT)
        return self.wait()

    def kill(self):
        if self.running():
            self.process.kill()
        self.process.wait()


class Rounds:
    """Loads of one kind, one after the other until finish(); start() makes and starts each."""

    def __init__(self, start):
        self._start = start
        self._ending = threading.Event()
        self._current = None
        self._failure = None
        self.rounds = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._ending.is_set():
                self._current = self._start()
                self._current.wait().check()
                self.rounds += 1
        except (AssertionError, subprocess.TimeoutExpired, OSError) as error:
            self._failure = error

    def running(self):
        return self._failure is None

    def finish(self):
        """Waits for the round under way; fails with the first round that failed."""
        self._ending.set()
        self._thread.join(120 * PATIENCE)
        assert not self._thread.is_alive(), "the last round does not end"
        if self._failure:
            raise self._failure
        assert self.rounds > 0

    def kill(self):
        self._ending.set()
        if self._current is not None and self._thread.is_alive():
            self._current.process.kill()
        self._thread.join(120 * PATIENCE)


def _number(pattern, text, default=0):
    found = re.search(pattern, text)
    return int(found.group(1)) if found else default


def _parse_wrk(text):
    errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", text)
    failed = sum(map(int, errors.groups())) if errors else 0
    return LoadResult(
        _number(r"(\d+) requests in", text, -1),
        failed,
        _number(r"Non-2xx or 3xx responses: (\d+)", text),
        text,
    )


def _parse_ab(text):
    return LoadResult(
        _number(r"Complete requests:\s+(\d+)", text, -1),
        _number(r"Failed requests:\s+(\d+)", text),
        _number(r"Non-2xx responses:\s+(\d+)", text),
        text,
    )


def wrk(url, seconds=3, connections=32, threads=1, headers=(), prefix=(), latency=False):
    """wrk over persistent connections (or as the headers say); latency: with percentiles in the text."""
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", "--timeout", "20s"]
    for header in headers:
        command += ["-H", header]
    if latency:
        command.append("--latency")
    return Load([*command, url], _parse_wrk, prefix)


def ab(url, requests=5000, concurrency=50, keepalive=False, prefix=()):
    """ab: one connection a request, unless keepalive. It fails on the first refused connection."""
    command = ["ab", "-q", "-s", "60", "-n", str(requests), "-c", str(concurrency)]
    if keepalive:
        command.append("-k")
    return Load([*command, url], _parse_ab, prefix)
