"""What a rush of clients made a process take goes back to the system when they have left."""

import contextlib
import os
import resource
import socket

import proc_facts
import pytest
from raw_client import RawClient
from waiting import eventually

HEAD = b"GET / HTTP/1.1\r\nHost: test\r\nX-Fill: "
# A few heads that stop before their end, just below the limit; many that stop at once.
RUSHES = {"few long heads": (400, HEAD + b"x" * 15_800), "many short heads": (8000, HEAD)}
# What a head that waits takes at least.
PAGE_BYTES = 4096
LEFT_KIB_MAX = 1500

CONTROL_CLIENTS_MAX = 2000
CONTROL_TAKEN_KIB_MIN = 4096
# HTTP/2 begins, with a frame of settings: RFC 9113 sections 3.4 and 6.5.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00\x00\x00\x04\x00\x00\x00\x00\x00"
# What gRPC keeps, and pieces of the heap between blocks that are in use.
CONTROL_LEFT_SHARE_MAX = 2 / 3


@pytest.fixture(autouse=True)
def many_descriptors():
    if os.environ.get("DEMO_SANITIZE"):
        pytest.skip("the heap of sanitizers keeps what is freed")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = max(count for count, _ in RUSHES.values()) + 1000
    if hard < wanted:
        pytest.skip(f"cannot have {wanted} descriptors")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident(pid):
    return proc_facts.status_kib(pid, "RssAnon")


@pytest.mark.parametrize("rush", RUSHES)
@pytest.mark.parametrize("proxy", [False, True])
def test_unfinished_heads_leave_no_memory_behind(start_daemon, new_backend, proxy, rush):
    count, unfinished = RUSHES[rush]
    daemon = start_daemon("-k", *(("-x", new_backend().text) if proxy else ()))
    (pid,) = daemon.worker_pids()
    address = daemon.address
    with RawClient(address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
    before = resident(pid)
    received = daemon.totals()["bytes_in"]
    clients = [RawClient(address).send(unfinished) for _ in range(count)]
    eventually(
        lambda: daemon.totals()["bytes_in"] == received + count * len(unfinished), "all to be received"
    )
    each = max(PAGE_BYTES, len(unfinished))
    assert resident(pid) >= before + count * each // 1024, "the test proves nothing"
    for client in clients:
        client.close()
    eventually(lambda: resident(pid) <= before + LEFT_KIB_MAX, "the memory to go back")


def test_control_connections_leave_no_memory_behind(start_daemon):
    daemon = start_daemon()
    daemon.worker_pids()
    before = resident(daemon.pid)
    clients = []
    # As many as are admitted.
    with contextlib.suppress(ConnectionError):
        while len(clients) < CONTROL_CLIENTS_MAX:
            clients.append(socket.socket(socket.AF_UNIX))
            clients[-1].connect(str(daemon.control_path))
            clients[-1].send(PREFACE)
            assert clients[-1].recv(9), "the server's settings"
    taken = resident(daemon.pid) - before
    assert taken >= CONTROL_TAKEN_KIB_MIN, f"{taken} KiB of {len(clients)} clients: the test proves nothing"
    for client in clients:
        client.close()
    left_max = before + taken * CONTROL_LEFT_SHARE_MAX
    eventually(lambda: resident(daemon.pid) <= left_max, "the memory to go back")
