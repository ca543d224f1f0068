"""Where a contender works: ports that nobody uses, cores, and addresses of backends."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

# Below the ports that the kernel gives to connections with backends (ip_local_port_range).
FIRST_PORT, LAST_PORT = 20000, 32000


@dataclass(frozen=True)
class Cores:
    """The core of the contender, and the one of the load and the backends."""

    contender: int
    load: int

    @staticmethod
    def of_this_machine():
        usable = sorted(os.sched_getaffinity(0))
        return Cores(usable[0], usable[-1])

    @property
    def shared(self):
        return self.contender == self.load


@dataclass(frozen=True)
class Place:
    """What a contender is given for one measurement."""

    folder: Path  # its own, empty
    port: int  # to listen on, at 127.0.0.1
    backend_port: int  # None where nothing is forwarded
    core: int


class Ports:
    """Hands out ports, another one at each call."""

    def __init__(self):
        self._next = FIRST_PORT + os.getpid() % 100 * 100

    def free(self):
        while self._next < LAST_PORT:
            self._next += 1
            with socket.socket() as probe:
                try:
                    probe.bind(("", self._next))
                except OSError:
                    continue
                return self._next
        raise RuntimeError(f"no port is free between {FIRST_PORT} and {LAST_PORT}")


def backend_hosts(count):
    """The addresses at which one backend process is taken for so many: floor/proxy.c counts them alike."""
    if count == 1:
        return ["127.0.0.1"]
    return [f"127.1.{(number + 1) >> 8}.{(number + 1) & 255}" for number in range(count)]
