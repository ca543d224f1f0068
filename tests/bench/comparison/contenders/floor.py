"""The floor: the system calls alone, see tests/bench/floor. Every ratio is a multiple of its CPU time."""

from comparison.contenders.contender import Contender

NAME = "floor"


class Floor(Contender):
    name = NAME

    def __init__(self, programs):
        self._programs = programs

    def missing(self):
        return ""

    def does(self, workload):
        del workload
        return True

    def command(self, place, workload):
        if workload.forwards:
            return self._programs.proxy(place.port, place.backend_port, workload)
        return self._programs.server(place.port, workload)

    def version(self):
        return "tests/bench/floor"
