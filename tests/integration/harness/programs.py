"""Programs that end by themselves."""

import subprocess

from daemon_process import SERVER
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
