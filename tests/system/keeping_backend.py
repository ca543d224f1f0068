"""A backend that answers every request and leaves closing to the other side; run as a program on a host.

It answers a request with a body before it has read that, as some do, and then takes its time with it. A body
that is not all there in the end is told in the answer to GET /lost: a number.
"""

import contextlib
import socketserver
import sys
import threading
import time

READS_LATER = 0.02  # seconds
lost = 0
lock = threading.Lock()


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        with contextlib.suppress(ConnectionError):
            while self.answer():
                pass

    def answer(self):
        line = self.rfile.readline()
        if line.startswith(b"PROXY "):
            line = self.rfile.readline()
        if not line:
            return False
        length, closes = 0, False
        while (field := self.rfile.readline()) not in (b"\r\n", b""):
            name, value = field.decode().lower().split(":", 1)
            length = int(value) if name == "content-length" else length
            closes = closes or (name == "connection" and value.strip() == "close")
        body = str(lost).encode() if b" /lost " in line else b"OK"
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b\n" % (len(body) + 1, body))
        if length:
            time.sleep(READS_LATER)
            self.take_body(length)
        # Who read a body and was told to close does.
        return not (length and closes)

    def take_body(self, length):
        global lost
        got = b""
        with contextlib.suppress(ConnectionError):
            got = self.rfile.read(length)
        if len(got) < length:
            with lock:
                lost += 1


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128


with Server((sys.argv[1], int(sys.argv[2])), Handler) as server:
    print("ready", flush=True)
    server.serve_forever()
