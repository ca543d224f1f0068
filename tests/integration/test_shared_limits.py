"""max_connections of a backend, and of the daemon, is that of all workers together, whoever of them dies."""

import os
import random
import signal

import proc_facts
import pytest
from connection_counter import ConnectionCounter, has_input, has_left
from lengths import repetitions
from preloads import preload
from raw_client import RawClient
from stand_still import stand_still
from waiting import eventually

CORES = sorted(os.sched_getaffinity(0))
# What makes the daemon see more cores than there are; not there with sanitizers.
PRELOAD = preload("more_cores")
LIMITS = [1, 3, 8]
KILLS = 25 if PRELOAD.exists() else 4  # of a daemon: who died often comes back late


def many_workers(start_daemon, *arguments, workers=8):
    """A daemon with as many workers as this machine can have, if possible more than it has cores."""
    if workers <= len(CORES) or not PRELOAD.exists():
        return start_daemon(*arguments, workers=min(workers, len(CORES)))
    environment = {"LD_PRELOAD": str(PRELOAD), "DEMO_TEST_CORES": str(workers)}
    return start_daemon(*arguments, workers=workers, environment=environment)


def request(target="/"):
    return f"GET {target} HTTP/1.1\r\nHost: test\r\n\r\n"


def send_request(daemon, target="/"):
    client = RawClient(daemon.address)
    client.send(request(target))
    return client


def queued(daemon):
    return sum(backend.figures.queued for backend in daemon.monitor.GetStats().sample.backends)


def limit(daemon, backend, most):
    daemon.democtl("set-backend", backend.text, "--max-connections", most)
    daemon.democtl("set-pool", "default", "--queue-timeout", "10m")


@pytest.mark.parametrize("most", LIMITS)
def test_limit_is_exact_over_all_workers_and_no_client_is_lost(start_daemon, new_backend, most):
    counter = ConnectionCounter()
    backend = new_backend(counter)
    daemon = many_workers(start_daemon, "-k", "-x", backend.text)
    limit(daemon, backend, most)
    clients = [send_request(daemon) for _ in range(24)]
    eventually(lambda: queued(daemon) == 24 - most, "all clients to be served or to wait")
    eventually(lambda: len(counter.targets) == len(counter.there()) == most, "the whole limit to be used")
    counter.let_answer()
    assert [client.read_response().status for client in clients] == [200] * 24
    assert counter.most == most


def test_whole_limit_is_there_for_one_worker(start_daemon, new_backend):
    if len(CORES) < 2:
        pytest.skip("needs two workers")
    counter = ConnectionCounter()
    backend = new_backend(counter)
    daemon = start_daemon("-k", "-x", backend.text, "--accept-mode", "shared", workers=2)
    limit(daemon, backend, 8)
    still = daemon.workers()[1].pid
    stand_still(still)
    try:
        clients = [send_request(daemon) for _ in range(24)]
        eventually(lambda: len(counter.targets) == 8, "eight requests at once")
    finally:
        os.kill(still, signal.SIGCONT)
    counter.let_answer()
    assert [client.read_response().status for client in clients] == [200] * 24
    assert counter.most == 8


def test_first_come_is_first_served_over_all_workers(start_daemon, new_backend):
    counter = ConnectionCounter()
    backend = new_backend(counter)
    daemon = many_workers(start_daemon, "-k", "-x", backend.text)
    limit(daemon, backend, 1)
    targets = [f"/{number}" for number in range(20)]
    clients = []
    for number, target in enumerate(targets):
        clients.append(send_request(daemon, target))
        eventually(lambda: len(counter.targets) == 1 and queued(daemon) == number, "it to wait")
    for number, client in enumerate(clients):
        counter.let_answer(1)
        assert client.read_response().body == targets[number].encode()
    assert counter.targets == targets


def test_unused_connection_of_one_worker_is_given_up_for_another(start_daemon, new_backend):
    counter = ConnectionCounter()
    counter.let_answer()
    backend = new_backend(counter)
    daemon = many_workers(start_daemon, "-k", "-x", backend.text)
    daemon.democtl("keepalive", "on", "--side", "backend", "--idle-timeout", "1h")
    limit(daemon, backend, 1)
    for number in range(40):
        with send_request(daemon, f"/{number}") as client:
            assert client.read_response().body == f"/{number}".encode()
    assert counter.most == 1


def test_limit_follows_a_change_while_requests_wait(start_daemon, new_backend):
    counter = ConnectionCounter()
    backend = new_backend(counter)
    daemon = many_workers(start_daemon, "-k", "-x", backend.text)
    limit(daemon, backend, 2)
    clients = [send_request(daemon) for _ in range(24)]
    for most in (2, 5, 12):
        daemon.democtl("set-backend", backend.text, "--max-connections", most)
        eventually(lambda: len(counter.targets) == most, "requests up to the limit")
        assert counter.most == most
    daemon.democtl("set-backend", backend.text, "--max-connections", 1)
    counter.let_answer(11)
    eventually(lambda: len(counter.there()) == 1, "the limit to be kept again")
    counter.let_answer()
    assert [client.read_response().status for client in clients] == [200] * 24
    assert counter.most == 12


def holder_of(daemon, connection):
    """The process id of the worker whose this connection is; None when it is not seen."""
    host, port = connection.socket.getpeername()
    local = f"{int.from_bytes(bytes(int(part) for part in host.split('.')), 'little'):08X}:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        inodes = {line.split()[9] for line in table if line.split()[1] == local}
    for pid in proc_facts.children(daemon.pid):
        try:
            found = proc_facts.open_descriptors(pid).values()
        except OSError:
            continue
        if any(f"socket:[{inode}]" in found for inode in inodes):
            return pid
    return None


def a_holder(daemon, counter):
    """A worker that holds a connection now, whichever; None when there is none at this moment."""
    there = counter.there()
    return holder_of(daemon, random.choice(there)) if there else None


def replace_lost(daemon, clients):
    """New clients for those whose worker died."""
    for number, client in enumerate(clients):
        if has_left(client):
            client.close()
            clients[number] = send_request(daemon)


@pytest.mark.parametrize("most", LIMITS)
def test_killed_holders_leave_the_limit_exact_and_whole(start_daemon, new_backend, most):
    for _ in range(repetitions(500 // KILLS, 1)):
        counter = ConnectionCounter()
        backend = new_backend(counter)
        daemon = many_workers(start_daemon, "-k", "-x", backend.text)
        limit(daemon, backend, most)
        clients = [send_request(daemon) for _ in range(most + 8)]
        for kill in range(KILLS):
            eventually(lambda: len(counter.there()) == most, f"the whole limit after {kill} deaths", 60)
            # The kernel's table may miss a line while it changes.
            pid = eventually(lambda: a_holder(daemon, counter), "a holder")
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not proc_facts.is_alive(pid), "it to be gone")
            replace_lost(daemon, clients)
        eventually(lambda: len(counter.there()) == most, "the whole limit at the end", 60)
        assert counter.most == most
        replace_lost(daemon, clients)
        counter.let_answer()
        for client in clients:
            client.close()
        daemon.kill()
        backend.close()


class Answered:
    """Clients of a daemon that answers by itself, of which only some are accepted at a time."""

    def __init__(self, daemon):
        self.daemon = daemon
        self.waiting = []
        self.open = []

    def add(self, count):
        self.waiting += [send_request(self.daemon) for _ in range(count)]

    def look(self):
        """How many have an answer and are still connected; those whose worker died come again."""
        for client in [c for c in self.open if has_left(c)]:
            client.close()
            self.open.remove(client)
            self.add(1)
        for client in [c for c in self.waiting if self._has_answer(c)]:
            self.waiting.remove(client)
            client.read_response()
            self.open.append(client)
        return len(self.open)

    def _has_answer(self, client):
        if has_left(client):
            client.close()
            self.waiting.remove(client)
            self.add(1)
            return False
        return has_input(client)

    def close(self):
        for client in self.open + self.waiting:
            client.close()


@pytest.mark.parametrize("most", LIMITS)
def test_client_limit_is_exact_over_all_workers(start_daemon, most):
    daemon = many_workers(start_daemon, "-k")
    daemon.democtl("set-client-limits", "--max-connections", most)
    clients = Answered(daemon)
    clients.add(most + 8)
    for left in range(8, -1, -1):
        eventually(lambda: clients.look() == most, "as many clients as may be")
        assert daemon.totals().get("connections_open", 0) == most
        assert len(clients.waiting) == left
        clients.open.pop(0).close()
    daemon.democtl("set-client-limits", "--max-connections", "0")
    clients.add(5)
    eventually(lambda: not clients.waiting or clients.look() < 0, "everybody without a limit")
    clients.close()


@pytest.mark.parametrize("most", LIMITS)
def test_killed_workers_leave_the_client_limit_exact_and_whole(start_daemon, most):
    for _ in range(repetitions(500 // KILLS, 1)):
        daemon = many_workers(start_daemon, "-k")
        daemon.democtl("set-client-limits", "--max-connections", most)
        clients = Answered(daemon)
        clients.add(most + 8)
        for kill in range(KILLS):
            eventually(lambda: clients.look() == most, f"the whole limit after {kill} deaths", 60)
            assert daemon.totals().get("connections_open", 0) <= most
            pid = random.choice(proc_facts.children(daemon.pid))
            os.kill(pid, signal.SIGKILL)
            eventually(lambda: not proc_facts.is_alive(pid), "it to be gone")
        eventually(lambda: clients.look() == most, "the whole limit at the end", 60)
        clients.close()
        daemon.kill()


def test_limits_outlive_restarts_of_workers_and_resizes(start_daemon, new_backend):
    counter = ConnectionCounter()
    backend = new_backend(counter)
    daemon = many_workers(start_daemon, "-k", "-x", backend.text, workers=2)
    limit(daemon, backend, 3)
    clients = [send_request(daemon) for _ in range(12)]
    eventually(lambda: queued(daemon) == 9, "the others to wait")
    # It drains what it holds, and what waits there.
    restart = daemon.democtl("set-workers", 1, check=False)
    assert restart.returncode == 0, restart.stderr
    more = [send_request(daemon) for _ in range(6)]
    counter.let_answer()
    assert [client.read_response().status for client in clients + more] == [200] * 18
    assert counter.most == 3
