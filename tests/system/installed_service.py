"""The Debian package of this tree, and its service on a booted machine where it is installed."""

import os
import re
import subprocess
from pathlib import Path

from booted_root import BootedRoot, make_root
from daemon_process import BUILD
from lengths import LONG
from waiting import eventually

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
FOLDER = BUILD / "system"


def newest_source():
    """When a file that the package may depend on was changed last."""
    times = [SOURCE.stat().st_mtime]
    for folder, folders, files in os.walk(SOURCE):
        folders[:] = [name for name in folders if name not in ("build", ".git", "__pycache__")]
        times += [os.lstat(os.path.join(folder, name)).st_mtime for name in [*folders, *files]]
    return max(times)


def build_package(source, out, **environment):
    """Builds demo-server_*.deb of this tree into a folder."""
    built = subprocess.run(
        [str(source / "packaging/build-deb"), str(out)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        timeout=3600 if LONG else 1500,
        env={**os.environ, **environment},
    )
    assert built.returncode == 0, (built.stdout + built.stderr)[-5000:]
    return next(out.glob("demo-server_*.deb"))


def built_package():
    """demo-server_*.deb, built unless one is there that is newer than the tree."""
    out = FOLDER / "deb"
    for path in out.glob("demo-server_*.deb"):
        if path.stat().st_mtime > newest_source():
            return path
    return build_package(SOURCE, out)


def dependencies(package):
    """Names of the packages that it depends on."""
    text = subprocess.run(
        ["dpkg-deb", "-f", str(package), "Depends", "Pre-Depends"], capture_output=True, text=True, check=True
    ).stdout
    entries = re.sub(r"^(Pre-)?Depends:", "", text, flags=re.MULTILINE).replace("\n", ",").split(",")
    return sorted({re.split(r"[ (|]", entry.strip())[0] for entry in entries if entry.strip()})


def booted_with(package):
    """A booted machine with the package installed; the caller closes it."""
    booted = BootedRoot(make_root(FOLDER, dependencies(package)), binds=[(package, "/tmp-package.deb")])
    try:
        booted.run("dpkg", "-i", "/tmp-package.deb")
    except BaseException:
        booted.close()
        raise
    return booted


def main_pid(machine):
    return machine.run("systemctl", "show", "-P", "MainPID", "demo-server").stdout.strip()


def worker_pids(machine):
    return machine.run("pgrep", "-f", "demo-server-worker", check=False).stdout.split()


def wait_answering(machine):
    eventually(
        lambda: machine.run("curl", "-sf", "http://127.0.0.1:80/", check=False).returncode == 0,
        "an answer on port 80",
        seconds=60,
    )


def journal(machine):
    return machine.run("journalctl", "-u", "demo-server", "--no-pager").stdout


def restart_anyway(machine):
    """Back to a running unit, whatever the test before did."""
    machine.run("systemctl", "reset-failed", "demo-server", check=False)
    machine.run("systemctl", "restart", "demo-server")
