"""Watching costs the data path nothing, however many watch and however badly they read (runs alone)."""

import threading

import grpc
import pytest
from load import wrk
from raw_client import get
from waiting import eventually

WATCHERS = 1000


def test_first_message_is_complete_and_later_ones_follow(start_daemon):
    daemon = start_daemon()
    stream = daemon.monitor.WatchStats(interval={"nanos": 100_000_000}, timeout=60)
    first = next(stream).sample
    assert first.complete and len(first.workers) == 1 and len(first.listeners) == 1
    get(daemon.address)
    for message in stream:
        if any(worker.figures.requests == 1 for worker in message.sample.workers):
            break
    stream.cancel()


@pytest.mark.parametrize("milliseconds", [-1, 1, 99])
def test_absurd_interval_is_invalid_argument(start_daemon, milliseconds):
    daemon = start_daemon()
    stream = daemon.monitor.WatchStats(interval={"nanos": milliseconds * 1_000_000}, timeout=30)
    with pytest.raises(grpc.RpcError) as refused:
        next(stream)
    assert refused.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "interval" in refused.value.details()


def test_client_that_stops_reading_its_stream_disturbs_nobody(start_daemon):
    daemon = start_daemon()
    stalled = [
        daemon.monitor.WatchStats(interval={"nanos": 100_000_000}, always_complete=True, timeout=120)
        for _ in range(20)
    ]
    for stream in stalled:
        next(stream)  # it runs; from here on nobody reads it
    stream = daemon.monitor.WatchStats(interval={"nanos": 100_000_000}, timeout=60)
    for _ in range(30):
        next(stream)
    daemon.control.AddBackend(backend={"endpoint": "127.0.0.1:9"})
    assert daemon.monitor.GetStatus().backends == 1
    for each in [*stalled, stream]:
        each.cancel()


def test_a_thousand_watchers_are_served_while_requests_flow(start_daemon):
    daemon = start_daemon("-k")
    arrived = [0] * WATCHERS
    streams = [daemon.monitor.WatchStats(interval={"seconds": 1}, timeout=240) for _ in range(WATCHERS)]

    def read(first, last):
        # One thread reads a share of the streams, two messages each.
        for index in range(first, last):
            for _ in range(2):
                next(streams[index])
                arrived[index] += 1

    threads = [
        threading.Thread(target=read, args=(start, start + WATCHERS // 10), daemon=True)
        for start in range(0, WATCHERS, WATCHERS // 10)
    ]
    load = wrk(daemon.url, seconds=3, connections=8)
    for thread in threads:
        thread.start()
    eventually(lambda: all(count == 2 for count in arrived), "two messages for every watcher", seconds=180)
    load.wait().check()
    assert daemon.monitor.GetStatus(timeout=30).workers_ready == 1
    for stream in streams:
        stream.cancel()


def test_streams_end_when_the_daemon_stops(start_daemon):
    daemon = start_daemon()
    stream = daemon.monitor.WatchStats(timeout=60)
    next(stream)
    ended = threading.Event()

    def read_to_end():
        try:
            for _ in stream:
                pass
        except grpc.RpcError as error:
            if error.code() == grpc.StatusCode.UNAVAILABLE:
                ended.set()

    reader = threading.Thread(target=read_to_end, daemon=True)
    reader.start()
    daemon.stop()
    assert ended.wait(20)
