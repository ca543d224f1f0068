"""What choosing among many backends costs, in instructions of the worker, counted by callgrind."""

import os

import pytest
from control_api import enum
from counted_instructions import CountedSpan, count_workers
from many_backends import ManyBackends
from raw_client import RawClient

LONG = os.environ.get("DEMO_LONG_TESTS") == "ON"
FEW = 10
# As many as there are places for take a while to connect to under valgrind.
MANY = 10_000 if LONG else 500
RATIO_MAX = 1.15
COUNTED = 4000

POLICIES = ["ROUND_ROBIN", "LEAST_CONNECTIONS", "RANDOM_TWO_CHOICES", "SOURCE_HASH", "URI_HASH"]


def instructions(daemon, backends, policy, count):
    """Of one request, over connections that are pooled already, to so many backends."""
    daemon.start("-k")
    daemon.control.SetKeepalive(backend={"enabled": True, "idle_timeout": {"seconds": 600}})
    daemon.control.AddPool(
        pool={
            "name": "default",
            "policy": enum("BalancePolicy").Value(f"BALANCE_POLICY_{policy}"),
            "backends": [{"endpoint": endpoint} for endpoint in backends.endpoints(count)],
        }
    )
    # Hashed targets and random choices come to nearly all of them only after a while.
    warming = {"ROUND_ROBIN": 1, "LEAST_CONNECTIONS": 1, "SOURCE_HASH": 0}.get(policy, 5) * count + 500
    targets = 5000 if policy == "URI_HASH" else 1
    with RawClient(daemon.address) as client:

        def ask(times):
            for number in range(times):
                client.send(f"GET /{number % targets:04} HTTP/1.1\r\nHost: test\r\n\r\n")
                assert client.socket.recv(4096).endswith(b"\r\n\r\nOK\n")

        ask(max(warming, targets))
        with CountedSpan(daemon) as span:
            ask(COUNTED)
    daemon.stop()
    return span.instructions / COUNTED


@pytest.mark.parametrize("policy", POLICIES)
def test_a_choice_among_many_costs_what_one_among_few_does(new_daemon, monkeypatch, tmp_path, policy):
    count_workers(monkeypatch, tmp_path)
    with ManyBackends() as backends:
        few = instructions(new_daemon(), backends, policy, FEW)
        many = instructions(new_daemon(), backends, policy, MANY)
    print(f"{policy}: {few:.0f} instructions a request with {FEW} backends, {many:.0f} with {MANY}")
    assert many <= RATIO_MAX * few
