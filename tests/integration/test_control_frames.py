"""Frames of HTTP/2 that bring nothing on: their connection is ended, and nobody else suffers."""

import os
import subprocess
import sys

import proc_facts
import pytest
from waiting import PATIENCE, eventually

NOBODY = 65534
# AddressSanitizer holds freed memory back: 256 MiB of it.
GROWTH_MAX_KIB = 400_000 if os.environ.get("DEMO_SANITIZE") else 100_000
# A client that sends such frames again and again, on a new connection when the present one has been ended.
FLOOD = """
import socket, struct, sys, time
def frame(kind, flags, stream, payload):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload
def field(name, value):
    return b"\\0" + bytes([len(name)]) + name + bytes([len(value)]) + value
HEAD = b"".join(field(*pair) for pair in (
    (b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/demo.control.v1.Monitor/GetConfig"),
    (b":authority", b"x"), (b"content-type", b"application/grpc"), (b"te", b"trailers")))
def continuation(client):
    client.sendall(frame(1, 0, 1, HEAD))
    part = frame(9, 0, 1, (b"\\0\\3x-a\\x7e" + b"b" * 126) * 120)
    while True:
        client.sendall(part)
def reset(client):
    stream = 1
    while True:
        calls = b""
        for _ in range(50):
            calls += frame(1, 4, stream, HEAD) + frame(0, 1, stream, b"\\0" * 5)
            # Many: of calls a busy daemon may never take too many in a second.
            calls += 20 * frame(3, 0, stream, struct.pack(">I", 8))
            stream += 2
        client.sendall(calls)
        client.setblocking(False)
        try:
            while client.recv(1 << 16):
                pass
        except BlockingIOError:
            pass
        client.settimeout(20)
for ended in range(int(sys.argv[3])):
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(20)
    client.connect(sys.argv[1])
    try:
        client.sendall(b"PRI * HTTP/2.0\\r\\n\\r\\nSM\\r\\n\\r\\n")
        client.sendall(frame(4, 0, 0, b"") + frame(4, 1, 0, b""))
        globals()[sys.argv[2]](client)
    except (BrokenPipeError, ConnectionResetError):
        pass
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to connect as somebody else")
@pytest.mark.parametrize(
    "kind, why", [("continuation", "a header block is too large"), ("reset", "too many frames")]
)
def test_frames_that_bring_nothing_on_end_their_connection(start_daemon, kind, why):
    daemon = start_daemon()
    daemon.folder.chmod(0o755)
    daemon.democtl("status")
    before = proc_facts.status_kib(daemon.pid, "VmRSS")
    path = daemon.folder / "monitor.sock"
    # It ends by itself: each of its connections is ended.
    with subprocess.Popen([sys.executable, "-c", FLOOD, str(path), kind, "20"], user=NOBODY) as flooder:
        try:
            assert "state:" in daemon.democtl("status").stdout
            assert flooder.wait(60 * PATIENCE) == 0
        finally:
            flooder.kill()
    assert "state:" in daemon.democtl("status", target=f"unix://{path}").stdout
    assert proc_facts.status_kib(daemon.pid, "VmRSS") - before < GROWTH_MAX_KIB
    told = f"{path}: a connection of uid {NOBODY} is ended: {why}"
    eventually(lambda: told in daemon.log(), "the log to name who and why")
