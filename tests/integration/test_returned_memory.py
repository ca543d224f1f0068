"""What a rush of clients made a worker take goes back to the system when they have left."""

import proc_facts
import pytest
from raw_client import RawClient
from waiting import eventually

CLIENTS = 400
# A head that stops before its end, just below the limit.
UNFINISHED = b"GET / HTTP/1.1\r\nHost: test\r\nX-Fill: " + b"x" * 15_800
LEFT_KIB_MAX = 1500


@pytest.mark.parametrize("proxy", [False, True])
def test_unfinished_heads_leave_no_memory_behind(start_daemon, new_backend, proxy):
    daemon = start_daemon("-k", *(("-x", new_backend().text) if proxy else ()))
    (pid,) = daemon.worker_pids()

    def resident():
        return proc_facts.status_kib(pid, "RssAnon")

    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
    before = resident()
    clients = [RawClient(daemon.address) for _ in range(CLIENTS)]
    received = daemon.totals()["bytes_in"]
    for client in clients:
        client.send(UNFINISHED)
    eventually(
        lambda: daemon.totals()["bytes_in"] == received + CLIENTS * len(UNFINISHED), "all to be received"
    )
    assert resident() >= before + CLIENTS * len(UNFINISHED) // 1024, "the test proves nothing"
    for client in clients:
        client.close()
    eventually(lambda: resident() <= before + LEFT_KIB_MAX, "the memory to go back")
