"""Measures one workload. Contenders take turns within a round: the drift of a machine hits all alike."""

import contextlib
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from comparison import load
from comparison.place import Place
from comparison.program import Program, ProgramError


@dataclass(frozen=True)
class Effort:
    rounds: int
    seconds: int  # of load that is measured, each time
    warm_up_seconds: int  # of load before it


@dataclass
class Measured:
    """What was seen of one contender."""

    # CPU time of its process tree for an answered request, by round; None where a round failed. Of no use by
    # itself: a machine's clock rate and neighbours are in it.
    cpu_ns: list = field(default_factory=list)
    errors: list = field(default_factory=list)


class Measurement:
    """The contenders' turns at one workload. programs: the floor's, of which the backend is one."""

    def __init__(self, workload, contenders, programs, cores, ports):
        self._workload = workload
        self._contenders = contenders
        self._programs = programs
        self._cores = cores
        self._ports = ports

    def run(self, effort):
        """Measured, by the name of a contender."""
        found = {contender.name: Measured() for contender in self._contenders}
        with new_folder() as folder, self._backend(folder) as backend_port:
            for number in range(effort.rounds):
                first = number % len(self._contenders)
                for contender in self._contenders[first:] + self._contenders[:first]:
                    measured = found[contender.name]
                    try:
                        measured.cpu_ns.append(self._turn(contender, backend_port, effort, measured.errors))
                    except ProgramError as error:
                        measured.cpu_ns.append(None)
                        measured.errors.append(str(error))
        return found

    @contextlib.contextmanager
    def _backend(self, folder):
        """The port of the backends, which run for as long as the workload is measured; or None."""
        if not self._workload.forwards:
            yield None
            return
        port = self._ports.free()
        command = self._programs.server(port, self._workload)
        with Program(command, self._cores.load, folder / "log") as backend:
            backend.wait_until_it_answers(port, "/")
            yield port

    def _turn(self, contender, backend_port, effort, errors):
        with new_folder() as folder:
            place = Place(folder, self._ports.free(), backend_port, self._cores.contender)
            command = contender.command(place, self._workload)
            with Program(command, place.core, folder / "log") as program:
                path = contender.path(self._workload)
                program.wait_until_it_answers(place.port, path)
                url = f"http://127.0.0.1:{place.port}{path}"
                if effort.warm_up_seconds > 0:
                    load.run(url, self._workload, effort.warm_up_seconds, self._cores.load, folder)
                before = program.cpu_ns()
                outcome = load.run(url, self._workload, effort.seconds, self._cores.load, folder)
                used = program.cpu_ns() - before
        if outcome.errors:
            errors.append(outcome.errors)
        if outcome.requests == 0:
            raise ProgramError("answered nothing")
        return used / outcome.requests


@contextlib.contextmanager
def new_folder():
    """An empty folder that programs of any user may read."""
    with tempfile.TemporaryDirectory(prefix="compare-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
