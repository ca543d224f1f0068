"""What the comparison asks of a contender."""

import shutil
import subprocess


class Contender:
    """One server or proxy. It is started anew for each measurement, with one worker on one core."""

    name = ""
    program = ""  # to be found in PATH
    version_command = ()

    def missing(self):
        """Why it cannot take part on this machine; "" when it can."""
        return "" if shutil.which(self.program) else f"{self.program} is not installed"

    def does(self, workload):
        """Whether it has what the workload asks for."""
        raise NotImplementedError

    def command(self, place, workload):
        """The command that runs it in the foreground; writes its configuration into place.folder."""
        raise NotImplementedError

    def path(self, workload):
        """What is to be requested of it."""
        del workload
        return "/"

    def version(self):
        """The first line that it says of its version."""
        said = subprocess.run(self.version_command, capture_output=True, text=True, check=False)
        return (said.stdout + said.stderr).strip().split("\n")[0]


def body_of(workload):
    """The response that every contender gives, but for its head: as floor/server.c makes it."""
    if workload.body_bytes == 3:
        return "OK\n"
    return "x" * (workload.body_bytes - 1) + "\n"


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return str(path)
