"""A client that speaks bytes: every test decides itself what is on the wire."""

import socket
from dataclasses import dataclass, field

from waiting import PATIENCE

TIMEOUT = 20.0 * PATIENCE


@dataclass
class Response:
    """One HTTP response as read from the wire."""

    status: int
    version: str
    reason: str
    fields: list = field(default_factory=list)  # (name as sent, value)
    body: bytes = b""
    trailers: list = field(default_factory=list)

    def get(self, name, default=None):
        for key, value in self.fields:
            if key.lower() == name.lower():
                return value
        return default

    def get_all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower()]


class RawClient:
    """A connected stream socket with a read buffer."""

    def __init__(self, address, timeout=TIMEOUT, source=None):
        if isinstance(address, str):
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.settimeout(timeout)
            self.socket.connect(address)
        else:
            self.socket = socket.create_connection(address, timeout=timeout, source_address=source)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))
        return self

    def send_bytewise(self, data):
        """One byte a packet (TCP_NODELAY is on)."""
        for index in range(len(data)):
            self.socket.sendall(data[index : index + 1])
        return self

    def half_close(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def _fill(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def read_until(self, mark):
        while mark not in self.buffer:
            if not self._fill():
                raise EOFError(f"closed before {mark!r}, after {self.buffer!r}")
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def read_exactly(self, count):
        while len(self.buffer) < count:
            if not self._fill():
                raise EOFError(f"closed after {len(self.buffer)} of {count} bytes")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_to_end(self):
        """Everything until the peer closes; ConnectionResetError when it resets."""
        while self._fill():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def at_end(self):
        """Whether the peer closed in order, with nothing left to read."""
        return not self.buffer and not self._fill()

    def _read_fields(self, lines):
        found = []
        for line in lines:
            name, separator, value = line.partition(":")
            assert separator and name == name.strip(), f"malformed field line {line!r}"
            found.append((name, value.strip()))
        return found

    def read_head(self):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        version, status, *reason = lines[0].split(" ", 2)
        return Response(int(status), version, reason[0] if reason else "", self._read_fields(lines[1:]))

    def read_response(self, head_only=False):
        """The next response with its body: by length, chunked, or to the end."""
        response = self.read_head()
        if head_only or response.status in (204, 304) or 100 <= response.status < 200:
            return response
        if (response.get("Transfer-Encoding") or "").lower() == "chunked":
            self._read_chunks(response)
        elif response.get("Content-Length") is not None:
            response.body = self.read_exactly(int(response.get("Content-Length")))
        else:
            response.body = self.read_to_end()
        return response

    def _read_chunks(self, response):
        while True:
            size = int(self.read_until(b"\r\n").split(b";")[0], 16)
            if size == 0:
                break
            response.body += self.read_exactly(size)
            assert self.read_exactly(2) == b"\r\n"
        while True:
            line = self.read_until(b"\r\n").decode("latin-1")
            if not line:
                return
            response.trailers += self._read_fields([line])


def get(address, target="/", extra="", method="GET"):
    """One request on a connection of its own."""
    with RawClient(address) as client:
        client.send(f"{method} {target} HTTP/1.1\r\nHost: test\r\n{extra}Connection: close\r\n\r\n")
        return client.read_response(head_only=method == "HEAD")
