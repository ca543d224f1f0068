"""The floor: the system calls alone, see tests/bench/floor. Every ratio is a multiple of its CPU time."""

from comparison.contenders.contender import Contender

NAME = "floor"


class Floor(Contender):
    name = NAME

    def __init__(self, programs, at_random=False):
        self._programs = programs
        self._at_random = at_random

    def missing(self):
        return ""

    def does(self, workload):
        del workload
        return True

    def command(self, place, workload):
        if workload.forwards:
            return self._programs.proxy(place.port, place.backend_port, workload, self._at_random)
        return self._programs.server(place.port, workload)

    def version(self):
        return "tests/bench/floor"
