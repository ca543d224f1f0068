"""Versions of the daemon, installed one over the other as a package does it."""

import os
import shutil
from pathlib import Path

from daemon_process import BUILD, SERVER

THIS = SERVER
NEXT = BUILD / "tests" / "integration" / "versions" / "demo-server-next"
WORKER = SERVER.parent / "demo-server-worker"


class Installed:
    """A folder with the daemon's programs, which are replaced while they run."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        self.program = self.folder / "demo-server"
        self.install(THIS)

    def install(self, program):
        """Puts it and its worker in the place of those that are there."""
        for source, name in ((program, "demo-server"), (WORKER, "demo-server-worker")):
            unpacked = self.folder / f"{name}.dpkg-new"
            shutil.copy2(source, unpacked)
            os.rename(unpacked, self.folder / name)

    def break_program(self, contents, mode=0o755):
        """Puts something else in the daemon's place."""
        unpacked = self.folder / "demo-server.dpkg-new"
        unpacked.write_bytes(contents)
        unpacked.chmod(mode)
        os.rename(unpacked, self.program)
