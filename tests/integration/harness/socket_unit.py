"""Sockets as a socket unit of systemd makes and passes them, and looks at what became of them."""

import contextlib
import os
import select
import socket

from managed_start import WORKERS
from ports import free_address

UNIT = "demo-server.socket"


def listening(address, reuse_port=False, family=socket.AF_INET):
    """A listening socket that waits when it is asked to accept, as systemd's do."""
    made = socket.socket(family)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if reuse_port:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    made.bind(address)
    made.listen()
    return made


class SocketUnit:
    """Its sockets, which it keeps as long as it is active: until close()."""

    def __init__(self):
        self.sockets = []

    def add(self, made):
        self.sockets.append(made)
        return made

    def listen(self, count=1, host="127.0.0.1"):
        """So many sockets of one address, which is returned."""
        address = free_address(host)
        for _ in range(count):
            self.add(listening(address, reuse_port=count > 1))
        return address

    def close(self):
        for made in self.sockets:
            made.close()
        self.sockets.clear()


def start(managed, unit, *arguments, listen, name=UNIT, **options):
    """Starts a managed daemon, to which the sockets of the unit are passed under that name; returns it."""
    managed.passed = [(name, made) for made in unit.sockets]
    managed.start("-k", *arguments, listen=listen, workers=WORKERS, **options)
    return managed.daemon


def takes_nobody(address):
    """Whether a client's handshake is not answered; on loopback an answer does not take any time."""
    with socket.socket() as client:
        client.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            client.connect(address)
        return not select.select([], [client], [], 0)[1]


def sockets_of(pid, made):
    """How many descriptors of the process are of this socket."""
    wanted = f"socket:[{os.fstat(made.fileno()).st_ino}]"
    found = 0
    for entry in os.scandir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            found += os.readlink(entry.path) == wanted
    return found
