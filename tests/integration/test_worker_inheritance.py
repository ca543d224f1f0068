"""What a worker gets from its supervisor, and what it must not get: descriptors, signals."""

import contextlib
import os
import signal
import threading

import proc_facts
from control_api import enum
from raw_client import RawClient
from waiting import eventually


def test_worker_holds_no_descriptor_that_the_supervisor_had_open(start_daemon, new_backend):
    asked = threading.Event()
    ended = threading.Event()

    def hold(connection):
        asked.set()
        # A check that is over ends with a reset.
        with contextlib.suppress(ConnectionResetError):
            while connection.socket.recv(4096):
                pass
        ended.set()

    backend = new_backend(hold)
    daemon = start_daemon("-k")
    events = daemon.monitor.WatchEvents(after_sequence=0, timeout=60)
    next(iter(events))
    kind = enum("HealthCheckKind").Value("HEALTH_CHECK_KIND_HTTP")
    health = {"kind": kind, "interval": {"nanos": 100_000_000}, "timeout": {"seconds": 5}}
    backends = [{"endpoint": backend.text}]
    daemon.control.AddPool(pool={"name": "default", "health": health, "backends": backends})
    assert asked.wait(60)
    (pid,) = daemon.worker_pids()
    os.kill(pid, signal.SIGKILL)
    daemon.wait_respawned(0, pid)
    (worker,) = daemon.worker_pids()
    # 0 to 2, its channel, figures, shared limits and epoll, the listener; and a bell a core.
    descriptors = proc_facts.open_descriptors(worker).values()
    bells = [what for what in descriptors if "eventfd" in what]
    assert len(descriptors) - len(bells) <= 9, descriptors
    assert len(bells) <= len(os.sched_getaffinity(0)), descriptors
    assert ended.wait(60), "somebody still holds the connection of a check that is over"
    events.cancel()


def test_worker_that_dies_is_replaced_where_our_parent_ignores_sigchld(new_daemon):
    before = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    try:
        daemon = new_daemon().start(wait=False)
    finally:
        signal.signal(signal.SIGCHLD, before)
    daemon.wait_ready()
    (pid,) = daemon.worker_pids()
    os.kill(pid, signal.SIGKILL)
    daemon.wait_respawned(0, pid)
    eventually(lambda: daemon.workers()[0].last_exit == "killed by SIGKILL", "the cause of its death")


def test_signals_for_the_daemon_are_nothing_to_its_workers(start_daemon):
    """A terminal, systemctl kill and pkill send them to every process of the daemon."""
    daemon = start_daemon("-k")
    (pid,) = daemon.worker_pids()
    meant = {signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGUSR1, signal.SIGUSR2}
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
        for number in meant:
            os.kill(pid, number)
        # Ignored: a handler may do something later.
        assert meant <= proc_facts.ignored_signals(pid)
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200
    assert daemon.worker_pids() == [pid]
    daemon.signal(signal.SIGUSR2)
    daemon.signal(signal.SIGUSR1)
    assert daemon.worker_pids() == [pid]
