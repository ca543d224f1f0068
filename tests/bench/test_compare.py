"""tests/bench/compare in short: it measures who is there, and reports ratios. No ratio is asserted."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("DEMO_BUILD_DIR", SOURCE / "build" / "release"))
COMPARE = SOURCE / "tests/bench/compare"
PEERS = ["h2o", "haproxy", "nginx"]
SHORT = ["--rounds", "1", "--seconds", "1", "--warm-up", "0"]


def compare(*arguments, path=os.environ["PATH"]):
    return subprocess.run(
        [sys.executable, COMPARE, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=110,
        env={**os.environ, "PATH": path},
    )


@pytest.fixture
def report(tmp_path):
    """Compares in short; what it wrote."""

    def run(workloads, contenders):
        file = tmp_path / "report.json"
        server = str(BUILD / "daemon" / "demo-server")
        arguments = ["--server", server, "--backends", "10", "--json", str(file)]
        result = compare(*SHORT, *arguments, "--workloads", workloads, "--contenders", contenders)
        assert result.returncode == 0, result.stdout + result.stderr
        return json.loads(file.read_text())

    return run


def test_all_who_are_there_answer_and_are_told_as_ratios(report):
    found = report("keepalive,proxy-keepalive", ",".join(["demo-server", *PEERS]))
    present = {"floor", "demo-server", *PEERS} - set(found["left_out"])
    for workload in ("keepalive", "proxy-keepalive"):
        entry = found["workloads"][workload]
        assert set(entry["over_floor"]) == set(entry["over_demo_server"]) == present
        assert entry["over_floor"]["floor"]["median"] == 1
        assert all(0 < one["low"] <= one["median"] <= one["high"] for one in entry["over_floor"].values())


def test_workloads_of_each_kind_are_answered_by_demo_server_and_the_floor(report):
    workloads = ["close", "pipeline16", "body-64k", "proxy-close", "tcp", "backends"]
    found = report(",".join(workloads), "demo-server")["workloads"]
    assert len(found) == len(workloads)
    assert all(set(entry["over_floor"]) == {"floor", "demo-server"} for entry in found.values())


def test_contender_that_does_not_work_is_a_failure_and_named(tmp_path):
    broken = tmp_path / "broken"
    broken.write_text("#!/bin/sh\necho cannot\nexit 3\n")
    broken.chmod(0o755)
    result = compare(
        *SHORT, "--server", str(broken), "--workloads", "keepalive", "--contenders", "demo-server"
    )
    assert result.returncode == 1
    assert "demo-server: ended with 3: cannot" in result.stdout


def test_peer_that_is_not_installed_is_left_out_and_named(tmp_path):
    for program in ("wrk", "gcc", "taskset", "as", "ld"):
        found = subprocess.run(["which", program], capture_output=True, text=True, check=True).stdout.strip()
        (tmp_path / program).symlink_to(found)
    arguments = ["--workloads", "keepalive", "--contenders", "nginx"]
    result = compare(*SHORT, *arguments, path=str(tmp_path))
    assert result.returncode == 0, result.stdout + result.stderr
    assert "nginx is left out: nginx is not installed" in result.stdout


def test_workload_that_there_is_not_is_refused():
    result = compare("--workloads", "keepalive,nonsense")
    assert result.returncode == 2
    assert "there is no workload nonsense" in result.stderr
