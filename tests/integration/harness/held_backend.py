"""A backend that answers when it is told to, clients that wait for it, and changes made meanwhile."""

import contextlib
import threading

from raw_client import RawClient
from scripted_backend import answer
from waiting import eventually

GET = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"


class Held:
    """A script that answers when it is told to; every request waits for that."""

    def __init__(self):
        self.release = threading.Event()

    def __call__(self, connection):
        while connection.read_request() is not None:
            self.release.wait(60)
            connection.send(answer(b"late"))


@contextlib.contextmanager
def waiting_clients(daemon, backend, count):
    """Clients whose requests have all reached the backend."""
    before = backend.accepted
    clients = [RawClient(daemon.address) for _ in range(count)]
    try:
        for client in clients:
            client.send(GET)
        eventually(lambda: backend.accepted - before == count, "the requests to arrive")
        yield clients
    finally:
        for client in clients:
            client.close()


def in_background(function, seconds=60):
    """Runs it in a thread; what is returned waits for its result, so long at most."""
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()

    def result():
        thread.join(seconds)
        return results[0]

    return result
