"""Proxy mode under load (runs alone): backends come, go, die and drain, large bodies need little memory."""

import os

import pytest
import proc_facts
from control_api import enum
from held_backend import Held, in_background, waiting_clients
from load import ab, requests_flow, wrk
from raw_client import RawClient
from scripted_backend import ScriptedBackend, answer, serve_always
from waiting import eventually

ROUNDS = 20
PIECE = 1024 * 1024
# By length it is spliced; chunks are read. Sanitizers would take minutes for the large one.
CHUNKED = 256 * PIECE
BY_LENGTH = CHUNKED if os.environ.get("DEMO_SANITIZE") else 4096 * PIECE


def test_backends_removed_added_and_weighted_under_load_fail_no_request(start_daemon, new_backend):
    backends = [new_backend(serve_always(b"one")), new_backend(serve_always(b"two"))]
    daemon = start_daemon("-x", *(backend.text for backend in backends), "-k", workers=2)
    load = wrk(daemon.url, seconds=300, connections=16)
    try:
        for number in range(ROUNDS):
            backend = backends[number % 2].text
            daemon.control.RemoveBackend(endpoint=backend)
            daemon.control.AddBackend(backend={"endpoint": backend, "weight": 1 + number % 5})
            daemon.control.UpdateBackend(backend={"endpoint": backend, "weight": 1})
            requests_flow(daemon, 100)
        load.finish().check()
    finally:
        load.kill()


def test_backend_that_dies_and_comes_back_fails_no_request(start_daemon, new_backend):
    stays = new_backend(serve_always(b"x"))
    dies = ScriptedBackend(serve_always(b"x"))
    host, port = dies.address
    daemon = start_daemon("-x", stays.text, dies.text, workers=2)
    load = ab(daemon.url, requests=6000, concurrency=50)
    try:
        eventually(lambda: dies.accepted > 0, "the load to reach it")
        dies.close()
        eventually(lambda: ejections(daemon) or not load.running(), "it to be ejected")
        dies = ScriptedBackend(serve_always(b"x"), port=port, host=host)
        result = load.wait()
    finally:
        load.kill()
        dies.close()
    result.check()


def ejections(daemon):
    """What the events say of backends that workers ejected or took back."""
    kind = enum("EventKind").Value("EVENT_KIND_BACKEND_EJECTED")
    return [answer_.event for answer_ in daemon.monitor.WatchEvents(after_sequence=0, kinds=[kind])]


def test_drain_waits_for_what_is_in_flight(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text)
    with waiting_clients(daemon, backend, 1) as (client,):
        removed = in_background(
            lambda: daemon.control.RemoveBackend(
                endpoint=backend.text, drain_timeout={"seconds": 30}, wait=True
            ),
            seconds=40,
        )
        held.release.set()
        assert client.read_response().body == b"late"
        drain = removed().drain
    assert drain.ended and drain.forced == 0


def test_drain_cuts_off_at_its_deadline_and_says_how_many(start_daemon, new_backend):
    held = Held()
    backend = new_backend(held)
    daemon = start_daemon("-x", backend.text, workers=2)
    try:
        with waiting_clients(daemon, backend, 3) as clients:
            drain = daemon.control.RemoveBackend(
                endpoint=backend.text, drain_timeout={"nanos": 200_000_000}, wait=True
            ).drain
            assert (drain.ended, drain.at_start, drain.forced) == (True, 3, 3)
            assert [client.read_response().status for client in clients] == [503] * 3
    finally:
        held.release.set()


def test_ejection_is_an_event_with_its_reason(start_daemon, new_backend):
    def failing(connection):
        while connection.read_request() is not None:
            connection.send(answer(b"no", status="503 Service Unavailable"))

    backends = [new_backend(failing), new_backend(serve_always(b"fine"))]
    daemon = start_daemon("-x", *(backend.text for backend in backends))
    daemon.control.UpdatePool(
        pool={"name": "default", "ejection": {"consecutive_failures": 3, "base_time": {"seconds": 60}}}
    )
    wrk(daemon.url, seconds=1, connections=4).wait()
    event = eventually(lambda: ejections(daemon), "the event of the ejection")[0]
    assert backends[0].text in event.subject
    assert "503" in event.message
    assert wrk(daemon.url, seconds=1, connections=4).wait().bad_status == 0


def send_by_length(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % BY_LENGTH)
    piece = b"d" * PIECE
    for _ in range(BY_LENGTH // PIECE):
        connection.send(piece)


def send_chunked(connection):
    connection.read_request()
    connection.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    piece = b"%x\r\n" % PIECE + b"d" * PIECE + b"\r\n"
    for _ in range(CHUNKED // PIECE):
        connection.send(piece)
    connection.send(b"0\r\n\r\n")


def peak_kib(daemon):
    return proc_facts.status_kib(daemon.worker_pids()[0], "VmHWM")


@pytest.mark.parametrize("script, size", [(send_by_length, BY_LENGTH), (send_chunked, CHUNKED)])
def test_large_download_stays_within_a_mebibyte(start_daemon, new_backend, script, size):
    daemon = start_daemon("-x", new_backend(script).text)
    with RawClient(daemon.address) as client:
        before = peak_kib(daemon)
        client.send("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n")
        client.read_until(b"\r\n\r\n")
        received = len(client.buffer)
        piece = bytearray(PIECE)
        while count := client.socket.recv_into(piece):
            received += count
    assert received >= size
    assert peak_kib(daemon) - before <= 1024


def count_by_length(connection):
    connection.read_until(b"\r\n\r\n")
    received = len(connection.buffer)
    piece = bytearray(PIECE)
    while received < BY_LENGTH:
        received += connection.socket.recv_into(piece)
    connection.send(answer(b"%d" % received))


def count_chunked(connection):
    connection.read_until(b"\r\n\r\n")
    received = 0
    while size := int(connection.read_until(b"\r\n"), 16):
        received += len(connection.read_exactly(size))
        connection.read_exactly(2)
    connection.read_exactly(2)
    connection.send(answer(b"%d" % received))


@pytest.mark.parametrize("script, size", [(count_by_length, BY_LENGTH), (count_chunked, CHUNKED)])
def test_large_upload_stays_within_a_mebibyte(start_daemon, new_backend, script, size):
    chunked = script is count_chunked
    daemon = start_daemon("-x", new_backend(script).text)
    with RawClient(daemon.address) as client:
        before = peak_kib(daemon)
        framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
        client.send(f"POST / HTTP/1.1\r\nHost: test\r\n{framing}\r\n\r\n")
        piece = b"u" * PIECE
        if chunked:
            piece = b"%x\r\n" % PIECE + piece + b"\r\n"
        for _ in range(size // PIECE):
            client.send(piece)
        if chunked:
            client.send(b"0\r\n\r\n")
        assert client.read_response().body == b"%d" % size
    assert peak_kib(daemon) - before <= 1024
