"""What one connection to the TCP endpoint may do: its frames are within TLS, so gRPC's own bounds hold."""

import contextlib
import socket
import ssl
import struct

import pytest
from certificates import server_flags
from ports import free_address, text
from waiting import PATIENCE

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
SETTINGS, PING, GOAWAY = 4, 6, 7
MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_HEADER_LIST_SIZE = 3, 4, 6
ENHANCE_YOUR_CALM = 11


def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


@pytest.fixture
def daemon(start_daemon, certificates):
    tcp = free_address()
    made = start_daemon("--control-tcp", text(tcp), *server_flags(certificates))
    made.tcp = tcp
    return made


@contextlib.contextmanager
def viewer(daemon, certificates):
    """A connection with the certificate of one who may read, in HTTP/2."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    context.load_cert_chain(certificates / "viewer.pem", certificates / "viewer.key")
    with socket.create_connection(daemon.tcp, 30 * PATIENCE) as plain, context.wrap_socket(plain) as peer:
        peer.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))
        yield peer


def exactly(peer, size):
    data = b""
    while len(data) < size:
        more = peer.recv(size - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def frames(peer):
    """(kind, flags, stream, payload) of each frame up to the end of the connection."""
    with contextlib.suppress(EOFError, ConnectionResetError, ssl.SSLEOFError):
        while True:
            head = exactly(peer, 9)
            payload = exactly(peer, int.from_bytes(head[:3], "big"))
            yield head[3], head[4], int.from_bytes(head[5:], "big"), payload


def test_a_connection_is_told_its_bounds(daemon, certificates):
    with viewer(daemon, certificates) as peer:
        payload = next(payload for kind, flags, _, payload in frames(peer) if kind == SETTINGS and not flags)
        told = dict(struct.iter_unpack(">HI", payload))
    assert told[MAX_CONCURRENT_STREAMS] == 128
    assert told[MAX_HEADER_LIST_SIZE] == 8192
    assert told.get(INITIAL_WINDOW_SIZE, 65535) <= 65535


def test_a_connection_that_pings_without_pause_is_ended(daemon, certificates):
    with viewer(daemon, certificates) as peer:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
            peer.sendall(b"".join(frame(PING, 0, 0, bytes(8)) for _ in range(8)))
        goaway = [payload for kind, _, _, payload in frames(peer) if kind == GOAWAY]
    assert int.from_bytes(goaway[-1][4:8], "big") == ENHANCE_YOUR_CALM
    assert "state:" in daemon.democtl("status").stdout


def test_a_connection_that_shakes_no_hands_is_closed(daemon):
    """Long before the two minutes that gRPC would wait for: on a slow machine too."""
    with socket.create_connection(daemon.tcp, 60) as peer:
        with contextlib.suppress(ConnectionResetError):
            assert peer.recv(1) == b""
