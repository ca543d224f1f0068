"""The server and the proxy example of the original daemon, with its addresses and its load."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from daemon_process import DEMOCTL, SERVER
from load import ab
from three_hosts import ThreeHosts
from waiting import eventually

REQUESTS = 100_000
CONCURRENCY = 100


@pytest.fixture(scope="module")
def hosts():
    made = ThreeHosts()
    yield made
    made.close()


class HostDaemon:
    """demo-server on one host, at its default address 0.0.0.0:80 unless the flags say another."""

    def __init__(self, hosts, host, *flags):
        self._hosts, self._host, self._flags = hosts, host, flags
        self._folder = tempfile.TemporaryDirectory(prefix="demo-")
        self._target = f"unix://{self._folder.name}/control.sock"
        self._log = Path(self._folder.name) / "log"
        self._process = None
        self.start()

    def start(self):
        with open(self._log, "ab") as output:
            self._process = subprocess.Popen(
                [*self._hosts.prefix(self._host), str(SERVER), "--control", self._target, *self._flags],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

        def answers():
            assert self._process.poll() is None, self._log.read_text()
            with contextlib.suppress(subprocess.CalledProcessError):
                return self.democtl("status")
            return None

        eventually(answers, f"the daemon on {self._host}")

    def democtl(self, *arguments):
        return subprocess.run(
            [str(DEMOCTL), "--target", self._target, *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        ).stdout

    def requests(self):
        """How many requests its workers have taken."""
        return int(json.loads(self.democtl("stats", "-o", "json"))["total"]["requests"])

    def kill(self):
        """Ends it without any notice; its workers end with it."""
        self._process.kill()
        self._process.wait()

    def stop(self):
        os.kill(self._process.pid, signal.SIGTERM)
        assert self._process.wait(45) == 0, self._log.read_text()

    def remove(self):
        self.kill()
        self._folder.cleanup()


@contextlib.contextmanager
def daemon_on(hosts, host, *flags):
    """A daemon that has to have ended well when its time is over."""
    daemon = HostDaemon(hosts, host, *flags)
    try:
        yield daemon
        daemon.stop()
    finally:
        daemon.remove()


def load_from_client(hosts, requests=REQUESTS):
    result = ab("http://10.0.0.2:80/", requests, CONCURRENCY, prefix=hosts.prefix("client")).wait(600)
    result.check()
    assert result.requests == requests


def test_server_example(hosts):
    with daemon_on(hosts, "middle"):
        load_from_client(hosts)


def test_proxy_example(hosts):
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle", "-x", "10.0.0.3:80"):
        load_from_client(hosts)


def test_backend_added_while_it_runs(hosts):
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle") as proxy:
        proxy.democtl("add-backend", "10.0.0.3:80")
        assert "10.0.0.3:80" in proxy.democtl("backends")
        load_from_client(hosts, 10_000)
        proxy.democtl("remove-backend", "10.0.0.3:80")


def test_backend_that_is_killed_and_revived_fails_no_request(hosts):
    both = ["-x", "10.0.0.3:80", "10.0.0.3:81"]
    with (
        daemon_on(hosts, "backend"),
        daemon_on(hosts, "backend", "-a", "10.0.0.3:81") as dies,
        daemon_on(hosts, "middle", *both) as proxy,
    ):
        load = ab("http://10.0.0.2:80/", 2 * REQUESTS, CONCURRENCY, prefix=hosts.prefix("client"))
        try:
            eventually(lambda: proxy.requests() > REQUESTS // 2, "a quarter of the load", 300)
            assert dies.requests() > 0
            dies.kill()
            eventually(lambda: proxy.requests() > REQUESTS, "half of the load", 300)
            dies.start()
            eventually(lambda: dies.requests() > 0, "the revived backend to be used again", 60)
            assert load.running(), "it came back too late for this load"
            result = load.wait(600)
        finally:
            load.kill()
        result.check()
        assert result.requests == 2 * REQUESTS
