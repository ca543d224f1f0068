"""A client at a fixed pace, which tells what it costs clients when something happens to the daemon.

It opens connections at a rate, one request on each, and keeps others on which it sends requests at an
interval. Counted are requests and connections that came to nothing:

- refused: the connection was not made, whatever the reason;
- reset: it was reset before the response was there as a whole;
- unanswered: it ended, or the deadline passed, before the response was there as a whole;
- wrong: the response is whole, and another one than 200.

A kept connection that is closed between two requests is not counted and made anew: its end could be read
before the next request was sent. A request that was sent and is answered by a reset or an end counts.

As a program it serves those who cannot import it: paced_client.py OPTIONS ADDRESS... prints the result as
JSON when standard input ends.
"""

import argparse
import dataclasses
import errno
import json
import re
import select
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

DEADLINE = 20.0  # seconds from the begin of the connection or, on a kept one, of the request
MOST_UNDER_WAY = 512  # short connections; beyond that none is opened, so that it stays bounded
MOST_TOLD = 1000
LATEST = 0.1  # seconds; who is later than that does not catch up

CLOSE = b"GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n"
KEEP = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Outcome:
    """What came of it.

    longest_wait: in seconds, from the begin of connect, or of a request on a kept connection, to the first
    byte of the response.
    """

    opened: int = 0
    answered: int = 0
    refused: int = 0
    reset: int = 0
    unanswered: int = 0
    wrong: int = 0
    closed_between: int = 0
    longest_wait: float = 0.0
    lost: list = field(default_factory=list)  # (what, port of the client), of the first MOST_TOLD

    def count_lost(self, what, port):
        setattr(self, what, getattr(self, what) + 1)
        if len(self.lost) < MOST_TOLD:
            self.lost.append((what, port))

    @property
    def losses(self):
        return self.refused + self.reset + self.unanswered + self.wrong

    def row(self, name):
        """A line of a table of such outcomes."""
        return (
            f"{name:32} {self.answered:7} answered  {self.refused} refused  {self.reset} reset  "
            f"{self.unanswered} unanswered  {self.wrong} wrong  "
            f"longest wait {self.longest_wait * 1000:.1f} ms"
        )


class _Connection:
    def __init__(self, address, kept, now):
        self.address = address
        self.kept = kept
        self.socket = socket.socket(socket.AF_INET6 if ":" in address[0] else socket.AF_INET)
        self.socket.setblocking(False)
        self.begun = now  # of connect, or of the request that is under way
        self.connected = False
        self.asked = False  # a request was sent whose response is not whole yet
        self.next_request = now
        self.received = b""

    def port(self):
        try:
            return self.socket.getsockname()[1]
        except OSError:
            return 0


class PacedClient:
    """Runs from the beginning to finish() on a thread of its own.

    rate: connections a second, over all addresses in turn. kept: connections that are kept for each address,
    with a request every interval seconds; the interval is below a second, since a server that drains waits
    so long for the next request of a connection that is in use.
    """

    def __init__(self, addresses, rate=500, kept=8, interval=0.2, deadline=DEADLINE):
        self.outcome = Outcome()
        self._addresses = list(addresses)
        self._period = 1.0 / rate
        self._interval = interval
        self._deadline = deadline
        self._epoll = select.epoll()
        self._connections = {}
        self._short = 0  # connections for one request that are open
        self._next_open = time.monotonic()
        self._next_look = 0.0
        self._ending = False
        self._failure = None
        for address in self._addresses:
            for _ in range(kept):
                self._open(address, True, time.monotonic())
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        try:
            while not self._ending or self._waited_for():
                self._turn()
        except BaseException as error:  # pylint: disable=broad-except
            self._failure = error
        finally:
            for connection in list(self._connections.values()):
                self._forget(connection)
            self._epoll.close()

    def _waited_for(self):
        return any(not c.kept or c.asked for c in self._connections.values())

    def _turn(self):
        now = time.monotonic()
        if not self._ending and now >= self._next_open:
            self._next_open = max(self._next_open + self._period, now - LATEST)
            if self._short < MOST_UNDER_WAY:
                self._open(self._addresses[self.outcome.opened % len(self._addresses)], False, now)
        # What can be read is read before anything is sent: an end that is there comes before a request.
        for number, events in self._epoll.poll(max(0.0, min(self._next_open - now, 0.01))):
            if number in self._connections:
                self._serve(self._connections[number], events)
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + 0.01
            self._look(now)

    def _open(self, address, kept, now):
        connection = _Connection(address, kept, now)
        self._connections[connection.socket.fileno()] = connection
        self.outcome.opened += 1
        self._short += not kept
        self._epoll.register(connection.socket, select.EPOLLIN | select.EPOLLOUT)
        error = connection.socket.connect_ex(address)
        if error not in (0, errno.EINPROGRESS):
            self._lose(connection, "refused")

    def _look(self, now):
        """Requests that are due on kept connections, and deadlines that have passed."""
        for connection in list(self._connections.values()):
            if (connection.asked or not connection.connected) and now > connection.begun + self._deadline:
                self._lose(connection, "unanswered" if connection.connected else "refused")
            elif self._ending or not connection.kept or not connection.connected or connection.asked:
                continue
            elif now >= connection.next_request:
                self._ask_again(connection, now)

    def _ask_again(self, connection, now):
        try:
            ended = connection.socket.recv(1, socket.MSG_PEEK) == b""
        except BlockingIOError:
            self._ask(connection, KEEP, now)
            return
        except OSError:
            ended = True
        if ended:
            self._close_between(connection)

    def _ask(self, connection, request, now):
        connection.begun = now
        connection.next_request = now + self._interval
        connection.asked = True
        try:
            connection.socket.send(request)
        except OSError:
            self._lose(connection, "reset")

    def _serve(self, connection, events):
        if not connection.connected:
            if connection.socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                self._lose(connection, "refused")
                return
            connection.connected = True
            self._epoll.modify(connection.socket, select.EPOLLIN)
            self._ask(connection, KEEP if connection.kept else CLOSE, connection.begun)
        elif events & (select.EPOLLIN | select.EPOLLHUP | select.EPOLLERR):
            self._read(connection)

    def _read(self, connection):
        try:
            data = connection.socket.recv(1 << 20)
        except BlockingIOError:
            return
        except OSError:
            self._end(connection, "reset")
            return
        if not data:
            self._end(connection, "unanswered")
            return
        if not connection.asked:
            self._lose(connection, "wrong")
            return
        if not connection.received:
            wait = time.monotonic() - connection.begun
            self.outcome.longest_wait = max(self.outcome.longest_wait, wait)
        connection.received += data
        head, mark, body = connection.received.partition(b"\r\n\r\n")
        length = LENGTH.search(head)
        if mark and length and len(body) >= int(length.group(1)):
            self._answered(connection, head)

    def _answered(self, connection, head):
        connection.received = b""
        connection.asked = False
        if head.split(b" ", 2)[1] != b"200":
            self._lose(connection, "wrong")
            return
        self.outcome.answered += 1
        if not connection.kept:
            self._forget(connection)
        elif b"connection: close" in head.lower():
            self._close_between(connection)

    def _end(self, connection, what):
        if connection.asked:
            self._lose(connection, what)
        else:
            self._close_between(connection)

    def _close_between(self, connection):
        self.outcome.closed_between += 1
        self._replace(connection)

    def _lose(self, connection, what):
        self.outcome.count_lost(what, connection.port())
        self._replace(connection)

    def _replace(self, connection):
        self._forget(connection)
        if connection.kept and not self._ending:
            self._open(connection.address, True, time.monotonic())

    def _forget(self, connection):
        del self._connections[connection.socket.fileno()]
        self._short -= not connection.kept
        connection.socket.close()

    def flow(self, count=200):
        """Whether so many more requests than at the first call of what is returned have been answered."""
        wanted = self.outcome.answered + count

        def flown():
            assert self._thread.is_alive(), self._failure
            return self.outcome.answered + self.outcome.losses >= wanted

        return flown

    def finish(self):
        """Opens nothing more, waits for what is under way, and gives the Outcome."""
        self._ending = True
        self._thread.join(3 * self._deadline)
        if self._failure:
            raise self._failure
        assert not self._thread.is_alive(), "the client does not end"
        return self.outcome


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--kept", type=int, default=8)
    parser.add_argument("addresses", nargs="+", metavar="HOST:PORT")
    options = parser.parse_args()
    addresses = [(text.rpartition(":")[0], int(text.rpartition(":")[2])) for text in options.addresses]
    client = PacedClient(addresses, options.rate, options.kept)
    print("runs", flush=True)
    sys.stdin.read()
    json.dump(dataclasses.asdict(client.finish()), sys.stdout)


if __name__ == "__main__":
    main()
