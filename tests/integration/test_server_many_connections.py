"""30,000 idle persistent connections over two workers (runs alone), from several loopback addresses."""

import os
import resource

import proc_facts
import pytest
from idle_clients import IdleClients
from waiting import eventually

CONNECTIONS = 30000
FIRST = 500  # before the memory is looked at: what is made once is there
PER_SOURCE = 10000  # below what the range of ephemeral ports gives one source address
BYTES_EACH_MAX = 272  # 256 as session.h says, and what else grows by the way
SPARE_DESCRIPTORS = 200


def test_idle_connections_stay_open_and_cost_little(start_daemon):
    sanitized = bool(os.environ.get("DEMO_SANITIZE"))
    connections = 3000 if sanitized else CONNECTIONS
    workers = min(2, len(os.sched_getaffinity(0)))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if hard < connections / workers * 1.2 + SPARE_DESCRIPTORS:
        pytest.skip(f"a worker may have {hard} descriptors only: ulimit -Hn")
    # Shared out evenly; the hash of reuseport leaves some more with one worker than with the other.
    daemon = start_daemon("-k", workers=workers)
    daemon.democtl("keepalive", "on", "--idle-timeout", "10m")
    pids = daemon.worker_pids()
    clients = [IdleClients(daemon.address, "127.0.0.2", FIRST)]
    try:
        before = sum(proc_facts.status_kib(pid, "VmRSS") for pid in pids)
        for number in range(0, connections - FIRST, PER_SOURCE):
            count = min(PER_SOURCE, connections - FIRST - number)
            clients.append(IdleClients(daemon.address, f"127.0.0.{3 + number // PER_SOURCE}", count))
        eventually(lambda: daemon.totals()["connections_open"] == connections, "all to be counted")
        after = sum(proc_facts.status_kib(pid, "VmRSS") for pid in pids)
        each = (after - before) * 1024 / (connections - FIRST)
        print(f"idle connection: {each:.0f} bytes of user memory")
        # Sanitizers keep books on memory of their own.
        assert sanitized or each <= BYTES_EACH_MAX
        # All of them are alive: each answers once more, and none has been closed.
        for some in clients:
            some.ask()
        assert daemon.totals()["connections_open"] == connections
        # The last ones are answered before they are counted.
        eventually(lambda: daemon.totals()["requests"] >= 2 * connections, "all requests to be counted")
        assert daemon.totals()["requests"] == 2 * connections
        assert daemon.worker_pids() == pids
    finally:
        for some in clients:
            some.close()
    eventually(
        lambda: daemon.totals().get("connections_open", 0) == 0, "all connections to be closed"
    )
