"""Other users of the same host, who hold connections to a control socket."""

import os
import resource
import subprocess
import sys

import pytest
from daemon_process import DEMOCTL

NEEDS_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to connect as somebody else")

# Opens so many connections, and then says for each line how many of them have been closed.
_HOLDER = """
import socket, sys
held = []
for _ in range(int(sys.argv[2])):
    client = socket.socket(socket.AF_UNIX)
    client.connect(sys.argv[1])
    client.setblocking(False)
    client.send(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n\\0\\0\\0\\4\\0\\0\\0\\0\\0")
    held.append(client)
def is_closed(client):
    try:
        while client.recv(4096):
            pass
        return True
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True
print("open", flush=True)
for _ in sys.stdin:
    held = [client for client in held if not is_closed(client)]
    print(len(held), flush=True)
"""


class Neighbour:
    """A user's connections to a socket; they end with the `with` block."""

    def __init__(self, uid, path, count):
        self._process = subprocess.Popen(
            [sys.executable, "-c", _HOLDER, str(path), str(count)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            user=uid,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (10_000, 10_000)),
        )

    def __enter__(self):
        assert self._process.stdout.readline() == "open\n"
        return self

    def __exit__(self, *unused):
        self._process.kill()
        self._process.communicate()

    def held(self):
        """How many of the connections are open."""
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def democtl_as(uid, path, *arguments):
    """Runs democtl as another user; it may lie where that one may not look."""
    with open(DEMOCTL, "rb") as program:
        return subprocess.run(
            [f"/proc/self/fd/{program.fileno()}", "--target", f"unix://{path}", *arguments],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=60,
            user=uid,
            pass_fds=[program.fileno()],
        )
