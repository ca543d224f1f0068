"""Clients of the control API that take no answers: what they left counts for them, whoever asks for what."""

import signal
import socket
import struct

import grpc
import pytest
from control_api import ControlApi
from waiting import eventually

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CALLS = 1024  # of one user at one endpoint; also the streams of one connection
WIDEST = 2**31 - 1  # of a window, RFC 9113 section 6.9.1


def frame(kind, flags, stream, payload=b""):
    """An HTTP/2 frame, RFC 9113 section 4.1."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    """A literal field without indexing, RFC 7541 section 6.2.2."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def head(method):
    return (field(":method", "POST") + field(":scheme", "http") + field(":path", method)
            + field(":authority", "a") + field("content-type", "application/grpc") + field("te", "trailers"))


def ask(path, method, count, window=0):
    """A connection with so many calls whose answers are not taken. window: what may be sent all the same."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(20)
    peer.connect(str(path))
    peer.sendall(PREFACE + frame(4, 0, 0, struct.pack(">HI", 4, window)))  # SETTINGS_INITIAL_WINDOW_SIZE
    if window:
        peer.sendall(frame(8, 0, 0, struct.pack(">I", window - 65535)))  # WINDOW_UPDATE of the connection
    fields = head(method)
    for number in range(count):
        stream = 2 * number + 1
        peer.sendall(frame(1, 4, stream, fields) + frame(0, 1, stream, bytes(5)))  # an empty message
    return peer


class Asker:
    """Calls one method on the monitor socket of a daemon, patiently or not."""

    def __init__(self, daemon, method):
        self._path, self._method = daemon.folder / "monitor.sock", method
        self._api = ControlApi(self._path)
        self._call = self._api.channel.unary_stream(
            method, request_serializer=bytes, response_deserializer=bytes
        )
        self.peers = []

    def code(self):
        """How a call ends, or begins when it is a stream."""
        call = self._call(b"", timeout=20)
        try:
            next(call)
        except grpc.RpcError as error:
            return error.code()
        finally:
            call.cancel()
        return grpc.StatusCode.OK

    def leave_calls(self, window):
        """Leaves as many calls with their answers untaken as one user may have."""
        self.peers += [ask(self._path, self._method, CALLS // 2, window) for _ in range(2)]

        def exhausted():
            if self.code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
                return True
            # Whoever asks here may have had the place of one of them.
            self.peers.append(ask(self._path, self._method, 20, window))
            return False

        eventually(exhausted, "one user's calls to reach their limit")

    def close(self):
        self._api.close()
        for peer in self.peers:
            peer.close()


@pytest.fixture
def new_asker(start_daemon):
    """Starts a daemon: new_asker(method) is its Asker, with the daemon as its attribute."""
    made = []

    def make(method):
        daemon = start_daemon()
        made.append(Asker(daemon, method))
        made[-1].daemon = daemon
        return made[-1]

    yield make
    for asker in made:
        asker.close()


@pytest.mark.parametrize("method", [
    "/demo.control.v1.Monitor/WhoAmI",
    "/demo.control.v1.Monitor/GetStats",
    "/demo.control.v1.Monitor/GetStatus",
    "/grpc.health.v1.Health/Check",
], ids=lambda method: method.rpartition("/")[2])
def test_an_answer_that_is_not_taken_keeps_its_place(new_asker, method):
    asker = new_asker(method)
    asker.leave_calls(window=0)
    assert asker.daemon.monitor.GetStatus().workers == 1, "the other endpoint has places of its own"
    while asker.peers:
        asker.peers.pop().close()
    eventually(lambda: asker.code() == grpc.StatusCode.OK, "the places to be free again")


@pytest.mark.parametrize("method, window", [("GetStatus", 0), ("WatchStats", 0), ("WatchStats", WIDEST)],
                         ids=["window-closed", "stream-with-its-window-closed", "socket-full"])
def test_the_end_does_not_wait_for_answers_that_nobody_takes(new_asker, method, window):
    asker = new_asker(f"/demo.control.v1.Monitor/{method}")
    asker.leave_calls(window)
    asker.daemon.signal(signal.SIGTERM)
    assert asker.daemon.wait(15) == 0
