"""The programs of tests/bench/floor, compiled for one run."""

import os
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parent.parent / "floor"


class FloorPrograms:
    def __init__(self, folder):
        compiler = os.environ.get("CC", "gcc")
        for name in ("server", "proxy"):
            source = SOURCES / f"{name}.c"
            subprocess.run([compiler, "-O2", str(source), "-o", str(folder / name)], check=True)
        self._folder = folder

    def server(self, port, workload):
        """The command of a server that answers as the workload wants, which is a backend too."""
        manner = "keep"
        if not workload.forwards:
            manner = "close" if workload.closing else "pipeline" if workload.pipelined > 1 else "keep"
        command = [str(self._folder / "server"), str(port), manner, str(workload.body_bytes)]
        return command + (["chunked"] if workload.chunked else [])

    def proxy(self, port, backend_port, workload, at_random=False):
        """The command of a proxy whose requests go to all backends in turn, or each to any of them."""
        manner = "close" if workload.closing else "keep"
        program = str(self._folder / "proxy")
        command = [program, str(port), str(backend_port), manner, str(workload.backends)]
        return command + (["random"] if at_random else [])
