"""Workers under valgrind's callgrind, which counts their instructions in user space."""

import re
import shutil
import stat
import subprocess

import daemon_process
import pytest
from waiting import PATIENCE


def is_release():
    cache = daemon_process.BUILD / "CMakeCache.txt"
    return cache.exists() and re.search(r"^CMAKE_BUILD_TYPE:\w+=Release$", cache.read_text(), re.MULTILINE)


def count_workers(monkeypatch, folder):
    """Daemons that start from now on run their workers so. Skips the test where counts say nothing."""
    if not shutil.which("valgrind"):
        pytest.skip("valgrind is not installed")
    if not is_release():
        pytest.skip("counts of a build without optimisation say nothing")
    programs = folder / "programs"
    programs.mkdir()
    shutil.copy(daemon_process.SERVER, programs / "demo-server")
    wrapper = programs / "demo-server-worker"
    wrapper.write_text(
        "#!/bin/sh\nexec valgrind -q --tool=callgrind --callgrind-out-file=callgrind.%p "
        f"{daemon_process.SERVER.parent / 'demo-server-worker'} \"$@\"\n"
    )
    wrapper.chmod(wrapper.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(daemon_process, "SERVER", programs / "demo-server")


def instructions_in(path):
    """What a file that callgrind wrote says in total."""
    return int(re.search(r"^(?:summary|totals): (\d+)", path.read_text(), re.MULTILINE).group(1))


class CountedSpan:
    """The instructions that a worker of the daemon takes while this is entered: `instructions` afterwards."""

    def __init__(self, daemon):
        self._folder = daemon.folder
        self._worker = daemon.worker_pids()[0]

    def __enter__(self):
        self._control("--zero")
        return self

    def __exit__(self, *_):
        self._control("--dump")
        self.instructions = instructions_in(self._folder / f"callgrind.{self._worker}.1")

    def _control(self, option):
        subprocess.run(
            ["callgrind_control", option, str(self._worker)],
            check=True,
            capture_output=True,
            cwd=self._folder,
            timeout=60 * PATIENCE,
        )
