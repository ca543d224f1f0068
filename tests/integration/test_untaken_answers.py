"""Clients of the control API that take no answers: what they left counts for them, whoever asks for what."""

import socket
import struct

import grpc
import pytest
from control_api import ControlApi
from waiting import eventually

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
CALLS = 1024  # of one user at one endpoint; also the streams of one connection
WINDOW = struct.pack(">HI", 4, 0)  # SETTINGS_INITIAL_WINDOW_SIZE 0, RFC 9113 section 6.5.2: takes no answer


def frame(kind, flags, stream, payload=b""):
    """An HTTP/2 frame, RFC 9113 section 4.1."""
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    """A literal field without indexing, RFC 7541 section 6.2.2."""
    return b"\x00" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


def head(method):
    return (field(":method", "POST") + field(":scheme", "http") + field(":path", method)
            + field(":authority", "a") + field("content-type", "application/grpc") + field("te", "trailers"))


def ask(path, method, count):
    """A connection with so many calls whose answers are not taken."""
    peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    peer.settimeout(20)
    peer.connect(str(path))
    peer.sendall(PREFACE + frame(4, 0, 0, WINDOW))
    fields = head(method)
    for number in range(count):
        stream = 2 * number + 1
        peer.sendall(frame(1, 4, stream, fields) + frame(0, 1, stream, bytes(5)))  # an empty message
    return peer


@pytest.mark.parametrize("method", [
    "/demo.control.v1.Monitor/WhoAmI",
    "/demo.control.v1.Monitor/GetStats",
    "/demo.control.v1.Monitor/GetStatus",
    "/grpc.health.v1.Health/Check",
], ids=lambda method: method.rpartition("/")[2])
def test_an_answer_that_is_not_taken_keeps_its_place(start_daemon, method):
    daemon = start_daemon()
    monitor = ControlApi(daemon.folder / "monitor.sock")
    check = monitor.channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)

    def code():
        try:
            check(b"", timeout=20)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    assert code() == grpc.StatusCode.OK
    peers = [ask(daemon.folder / "monitor.sock", method, CALLS // 2) for _ in range(2)]

    def exhausted():
        if code() == grpc.StatusCode.RESOURCE_EXHAUSTED:
            return True
        # Whoever asks here may have had the place of one of them.
        peers.append(ask(daemon.folder / "monitor.sock", method, 20))
        return False

    eventually(exhausted, "one user's calls to reach their limit")
    assert daemon.monitor.GetStatus().workers == 1, "the other endpoint has places of its own"
    for peer in peers:
        peer.close()
    eventually(lambda: code() == grpc.StatusCode.OK, "the places to be free again")
    monitor.close()
