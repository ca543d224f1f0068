"""One running program on its core: started, found to answer, and stopped."""

import http.client
import subprocess
import time

from comparison import cpu_time

ANSWER_PATIENCE_S = 30
STOP_PATIENCE_S = 10
LOOK_AGAIN_S = 0.02


class ProgramError(Exception):
    """Why a program cannot be measured."""


class Program:
    """Owns the process; its output goes to log."""

    def __init__(self, command, core, log):
        self._command = command
        self._log = log
        with open(log, "wb") as output:
            self._process = subprocess.Popen(  # pylint: disable=consider-using-with
                ["taskset", "-c", str(core), *command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self._process.terminate()
        try:
            self._process.wait(STOP_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def wait_until_it_answers(self, port, path):
        """Returns with its first response of status 200; a program that is not ready yet is asked again."""
        deadline = time.monotonic() + ANSWER_PATIENCE_S
        status = None
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                raise ProgramError(f"ended with {self._process.returncode}: {self._last_words()}")
            status = status_of(port, path) or status
            if status == 200:
                return
            time.sleep(LOOK_AGAIN_S)
        said = "did not answer" if status is None else f"answered with {status}"
        raise ProgramError(f"{said} for {ANSWER_PATIENCE_S} s: {self._last_words()}")

    def cpu_ns(self):
        return cpu_time.tree_ns(self._process.pid)

    def _last_words(self):
        text = self._log.read_text(encoding="utf-8", errors="replace").strip()
        return text[-500:] or "it said nothing"


def status_of(port, path):
    """The status of a GET, or None."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
