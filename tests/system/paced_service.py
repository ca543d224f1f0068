"""Clients at a fixed pace of the service on a booted machine, none of which may notice what happens to it."""

import contextlib
import json
import sys

import paced_client
from paced_client import Outcome
from waiting import eventually


def requests(machine):
    """How many the service has counted since it started."""
    return json.loads(machine.run("democtl", "stats", "-o", "json").stdout)["total"]["requests"]


@contextlib.contextmanager
def paced_clients(machine, name, others=0):
    """The clients, while the body runs: none of them may notice it, nor be forgotten by the statistics.

    others: requests that the body makes beside theirs. Prints a row of a table, of this name.
    """
    before = requests(machine)
    client = machine.beside(sys.executable, "-B", paced_client.__file__, "--rate", "200", "127.0.0.1:80")
    try:
        assert client.stdout.readline() == "runs\n"
        yield
        result, _ = client.communicate(timeout=120)
    finally:
        client.kill()
        client.wait()
    outcome = Outcome(**json.loads(result))
    print("\n" + outcome.row(name))
    assert outcome.losses == 0 < outcome.answered, outcome
    eventually(
        lambda: requests(machine) - before == outcome.answered + others,
        f"{outcome.answered} + {others} requests to be counted beside the {before} before",
    )
