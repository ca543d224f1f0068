"""A backend whose every connection is served by a function of the test."""

import socket
import threading

from raw_client import RawClient


class Connection(RawClient):
    """The backend's side of a connection: reads requests, writes whatever the test wants."""

    def __init__(self, accepted, number):  # pylint: disable=super-init-not-called
        self.socket = accepted
        self.buffer = b""
        self.number = number  # from 0, in the order of arrival

    def read_request(self):
        """(request line, fields, body) of the next request, or None when the peer closed."""
        try:
            lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        except (EOFError, ConnectionResetError):
            return None
        fields = self._read_fields(lines[1:])
        lowered = {name.lower(): value for name, value in fields}
        body = b""
        if "content-length" in lowered:
            body = self.read_exactly(int(lowered["content-length"]))
        elif lowered.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size = int(self.read_until(b"\r\n").split(b";")[0], 16)
                if size == 0:
                    while self.read_until(b"\r\n"):
                        pass
                    break
                body += self.read_exactly(size)
                self.read_exactly(2)
        return lines[0], fields, body

    def reset(self):
        """Ends the connection with a reset."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.socket.close()


def answer(body=b"backend\n", status="200 OK", extra=""):
    """A whole response with its length."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}\r\n".encode() + body


def serve_always(body=b"backend\n", extra=""):
    """A script that answers every request of a connection."""

    def script(connection):
        while connection.read_request() is not None:
            connection.send(answer(body, extra=extra))

    return script


class ScriptedBackend:
    """Listens on a port of its own and runs script(connection) in a thread for each connection.

    The script may be replaced at any time; it serves the connections that come after.
    """

    def __init__(self, script=None, port=0, host="127.0.0.1", backlog=128):
        self.script = script or serve_always()
        self.requests = []  # what scripts append, under lock
        self.failures = []  # exceptions of scripts
        self.accepted = 0
        self.lock = threading.Lock()
        self._connections = []
        self._listener = socket.create_server((host, port), backlog=backlog)
        self.address = self._listener.getsockname()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    @property
    def text(self):
        return "%s:%d" % self.address

    def _accept(self):
        while True:
            try:
                accepted, _ = self._listener.accept()
            except OSError:
                return
            accepted.settimeout(60)
            accepted.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self.lock:
                connection = Connection(accepted, self.accepted)
                self.accepted += 1
                self._connections.append(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        try:
            self.script(connection)
        except (OSError, EOFError):
            pass  # the other side left: for the test to judge by what it sees there
        except Exception as error:  # pylint: disable=broad-except
            with self.lock:
                self.failures.append(error)
        finally:
            connection.socket.close()

    def open_connections(self):
        with self.lock:
            return [c for c in self._connections if c.socket.fileno() >= 0]

    def close(self):
        """Stops listening and cuts every connection."""
        try:
            self._listener.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._listener.close()
        for connection in self.open_connections():
            try:
                connection.socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._thread.join(10)
        assert not self.failures, self.failures
