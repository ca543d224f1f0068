"""The server and the proxy example of the original daemon, with its addresses and its load."""

import contextlib
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


@contextlib.contextmanager
def daemon_on(hosts, host, *flags):
    """demo-server on one host at its default address, 0.0.0.0:80; yields a function that runs democtl."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        target = f"unix://{folder}/control.sock"
        log = Path(folder) / "log"
        with open(log, "wb") as output:
            process = subprocess.Popen(
                [*hosts.prefix(host), str(SERVER), "--control", target, *flags],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

        def democtl(*arguments):
            return subprocess.run(
                [str(DEMOCTL), "--target", target, *arguments],
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            ).stdout

        try:

            def answers():
                assert process.poll() is None, log.read_text()
                with contextlib.suppress(subprocess.CalledProcessError):
                    return democtl("status")
                return None

            eventually(answers, f"the daemon on {host}")
            yield democtl
            os.kill(process.pid, signal.SIGTERM)
            assert process.wait(45) == 0, log.read_text()
        finally:
            process.kill()
            process.wait()


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
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle") as democtl:
        democtl("add-backend", "10.0.0.3:80")
        assert "10.0.0.3:80" in democtl("backends")
        load_from_client(hosts, 10_000)
        democtl("remove-backend", "10.0.0.3:80")
