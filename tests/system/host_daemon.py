"""demo-server on one of the hosts of a system test, steered with democtl."""

import contextlib
import json
import os
import signal
import subprocess
import tempfile
from pathlib import Path

from daemon_process import DEMOCTL, SERVER
from waiting import eventually


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
        return json.loads(self.democtl("stats", "-o", "json"))["total"]["requests"]

    def log(self):
        return self._log.read_text()

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
