"""Persistent connections in a process of their own: many need more descriptors than one process may have."""

import socket
import subprocess
import sys

from waiting import PATIENCE

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
BATCH = 500  # requests under way at once
IP_BIND_ADDRESS_NO_PORT = 24  # the port is chosen by connect: ip(7)


class IdleClients:
    """So many connections from one source address; each is answered when it is made and by ask()."""

    def __init__(self, address, source, count):
        command = [sys.executable, "-B", __file__, address[0], str(address[1]), source, str(count)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._expect("open")

    def _expect(self, word):
        line = self._process.stdout.readline().strip()
        assert line == word, f"the clients said {line!r} and ended with {self._process.poll()}"

    def ask(self):
        """One more request on each connection; fails if one of them was closed."""
        self._process.stdin.write("ask\n")
        self._process.stdin.flush()
        self._expect("answered")

    def close(self):
        self._process.kill()
        self._process.communicate()


def exchange(clients):
    for start in range(0, len(clients), BATCH):
        batch = clients[start : start + BATCH]
        for client in batch:
            client.send(GET)
        for client in batch:
            assert client.recv(4096).endswith(b"\r\n\r\nOK\n")


def main(host, port, source, count):
    clients = []
    for _ in range(int(count)):
        client = socket.socket()
        client.setsockopt(socket.IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1)
        client.bind((source, 0))
        client.settimeout(20 * PATIENCE)
        client.connect((host, int(port)))
        clients.append(client)
    exchange(clients)
    print("open", flush=True)
    for _ in sys.stdin:
        exchange(clients)
        print("answered", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
