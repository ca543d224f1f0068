"""Programs that end by themselves."""

import os
import subprocess

from daemon_process import DEMOCTL, SERVER
from waiting import PATIENCE


def run(*command):
    """A CompletedProcess with text; standard input is empty. The bound is there to end a hang."""
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        timeout=60 * PATIENCE,
    )


def check_config(*flags):
    """What demo-server says of flags, and of the file that they name, before any start."""
    return run(SERVER, "--check-config", *flags)


def as_an_operator(daemon):
    """The environment of one who types democtl by its name, for this daemon."""
    return {
        **os.environ,
        "PATH": f"{DEMOCTL.parent}:{os.environ['PATH']}",
        "DEMOCTL_TARGET": f"unix://{daemon.control_path}",
    }


def run_script(script, daemon, *shell):
    """What sh, or another shell, makes of lines with democtl; fails if it does. A CompletedProcess."""
    done = subprocess.run(
        shell or ["sh"],
        input=script,
        text=True,
        capture_output=True,
        check=False,
        timeout=120 * PATIENCE,
        env=as_an_operator(daemon),
    )
    assert done.returncode == 0, f"{script}\n{done.stdout}{done.stderr}"
    return done
