"""A program that is a backend at every address of 127.0.0.0/8: answers each request with a short 200."""

import select
import socket
import subprocess
import sys

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nOK\n"


class ManyBackends:
    """Runs it in a process of its own, so that it has the descriptors of one."""

    def __enter__(self):
        self._process = subprocess.Popen([sys.executable, __file__], stdout=subprocess.PIPE, text=True)
        self.port = int(self._process.stdout.readline())
        return self

    def __exit__(self, *_):
        self._process.kill()
        self._process.wait()
        self._process.stdout.close()

    def endpoints(self, count):
        return [f"127.1.{number // 250}.{number % 250 + 1}:{self.port}" for number in range(count)]


def serve():
    listener = socket.create_server(("0.0.0.0", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    there = {listener.fileno(): listener}
    while True:
        for descriptor, _ in poll.poll():
            if descriptor == listener.fileno():
                connection, _ = listener.accept()
                there[connection.fileno()] = connection
                poll.register(connection, select.EPOLLIN)
                continue
            try:
                received = there[descriptor].recv(65536)
                there[descriptor].sendall(ANSWER * received.count(b"\r\n\r\n"))
            except ConnectionError:
                received = b""
            if not received:
                there.pop(descriptor).close()


if __name__ == "__main__":
    serve()
