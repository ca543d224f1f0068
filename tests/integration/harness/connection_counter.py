"""A backend that counts the connections that it has at the same time, and answers when it is told to."""

import select
import socket
import threading

from scripted_backend import answer


TCP_ESTABLISHED = 1


def has_left(connection):
    """Whether the peer has ended or reset this connection: its state, since another thread reads from it."""
    try:
        return connection.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] != TCP_ESTABLISHED
    except OSError:
        return True


def has_input(connection):
    """Whether something can be read, the end included."""
    return bool(select.select([connection.socket], [], [], 0)[0])


class ConnectionCounter:
    """A script: `most` is how many connections it had at once. Ends of the others are looked for first."""

    def __init__(self):
        self.most = 0
        self.targets = []  # of the requests, in the order in which they came
        self._there = []
        self._answering = 0  # how many requests may still be answered
        self._lock = threading.Condition()

    def __call__(self, connection):
        with self._lock:
            self._there = [other for other in self._there if not has_left(other)] + [connection]
            self.most = max(self.most, len(self._there))
        while (request := connection.read_request()) is not None:
            target = request[0].split()[1]
            with self._lock:
                self.targets.append(target)
            if not self._may_answer(connection):
                return
            connection.send(answer(target.encode()))

    def _may_answer(self, connection):
        """Waits until this request may be answered; false when its peer left before."""
        while True:
            with self._lock:
                if self._answering > 0:
                    self._answering -= 1
                    return True
                self._lock.wait(0.02)
            if has_left(connection):
                return False

    def there(self):
        """The connections that are open now."""
        with self._lock:
            self._there = [other for other in self._there if not has_left(other)]
            return list(self._there)

    def let_answer(self, count=10**9):
        """So many requests are answered, those that come later too."""
        with self._lock:
            self._answering += count
            self._lock.notify_all()
