"""democtl beside a daemon that stands still, and output that goes nowhere: it ends, and says why."""

import itertools
import os
import signal
import subprocess

import pytest
from daemon_process import DEMOCTL, SERVER
from every_call import ANSWERS, STREAMS, watch
from stand_still import stand_still
from waiting import PATIENCE, eventually

@pytest.mark.parametrize("verb", STREAMS + ANSWERS, ids=" ".join)
def test_every_verb_gives_up_on_a_stopped_daemon_at_its_timeout(daemon, verb):
    stand_still(daemon.pid)
    done = daemon.democtl("--timeout", "500ms", *verb, check=False)
    assert done.returncode == 8, (done.stdout, done.stderr)
    assert done.stderr.count("\n") == 1 and "did not answer in time" in done.stderr, done.stderr


def test_a_running_watch_ends_when_samples_stay_away_for_longer_than_its_timeout(daemon):
    with watch(daemon, "--timeout", "1s", "stats", "--watch", "--interval", "100ms") as running:
        assert running.stdout.readline()
        stand_still(daemon.pid)
        assert running.wait(60 * PATIENCE) == 8, running.stderr.read()


def test_a_running_watch_says_that_no_sample_comes_and_goes_on_afterwards(daemon):
    with watch(daemon, "stats", "--watch", "--interval", "100ms", "-o", "csv") as running:
        assert running.stdout.readline()
        stand_still(daemon.pid)
        assert running.stderr.readline() == "democtl: no sample for 5 s\n"
        daemon.signal(signal.SIGCONT)
        before = daemon.monitor.GetStats().sample.monotonic_ns
        assert before
        for _ in range(20):  # more than the pipe held
            assert running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(60 * PATIENCE) == 0


def full(*command):
    with open("/dev/full", "wb") as disk:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=disk,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60 * PATIENCE,
        )


@pytest.mark.parametrize(
    "verb",
    [
        *STREAMS[1:4],
        *ANSWERS,
        ("--help",),
        ("--version",),
        ("completion", "bash"),
        ("stats", "--help"),
        ("listeners", "-o", "json"),
        ("stats",),
    ],
    ids=" ".join,
)
def test_every_verb_fails_when_its_output_cannot_be_written(daemon, verb):
    target = () if verb[0] == "--version" else ("--target", f"unix://{daemon.control_path}")
    done = full(str(DEMOCTL), *target, *verb)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1), done
    assert "standard output cannot be written" in done.stderr


@pytest.mark.parametrize("flags", [("--help",), ("--version",), ("--check-config",)], ids=" ".join)
def test_the_daemon_fails_when_what_it_was_asked_to_print_cannot_be_written(flags):
    done = full(str(SERVER), *flags)
    assert done.returncode == 1 and "standard output cannot be written" in done.stderr


@pytest.mark.parametrize(
    "verb",
    [("events", "--follow"), ("stats", "--watch", "--interval", "100ms", "-o", "csv")],
    ids=" ".join,
)
def test_a_verb_that_goes_on_ends_with_its_reader_where_sigpipe_is_ignored(daemon, verb):
    reader, writer = os.pipe()
    command = [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", *verb]
    # Python ignores SIGPIPE, and so does what it starts thus.
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=writer, stderr=subprocess.PIPE, restore_signals=False
    ) as running:
        os.close(writer)
        os.close(reader)

        settings = itertools.cycle(("on", "off"))

        def ended():
            daemon.democtl("keepalive", next(settings))  # an event to tell
            return running.poll() is not None

        eventually(ended, "it to end")
        assert running.returncode == 1
        assert b"standard output cannot be written" in running.stderr.read()
