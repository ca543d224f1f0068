"""Addresses that nobody uses at the moment of asking."""

import os
import socket

_next = 20000 + os.getpid() % 100 * 100


def free_address(host="127.0.0.1"):
    """(host, port) below the range that the kernel hands out itself, another one at each call."""
    global _next  # pylint: disable=global-statement
    while _next < 32000:
        _next += 1
        with socket.socket() as probe:
            try:
                probe.bind((host, _next))
            except OSError:
                continue
            return host, _next
    raise AssertionError("no free port")


def text(address):
    return "%s:%d" % address
