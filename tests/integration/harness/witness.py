"""Clients at a fixed pace beside the counters of the daemon: what both say of the same time is one."""

import proc_facts
from lengths import repetitions
from paced_client import PacedClient
from stand_still import stand_still
from waiting import eventually

GAUGES = {
    "connections_open",
    "backend_connections_open",
    "backend_connections_idle",
    "events_last",
    "events_min",
    "events_max",
    "generation",
    "draining",
}


# A second: connections, and requests on kept ones. The short form leaves most of a core to other tests.
RATE = repetitions(500, 300)
KEPT_RATE = repetitions(2000, 80)
INTERVAL = 0.2  # seconds between the requests of a kept connection


class Witness:
    """Clients at work, and the counters of the daemon: what was true of them stays so."""

    def __init__(self, daemon, addresses, rate=RATE):
        self._daemon = daemon
        self._first = self._last = self._counters()
        kept = max(1, round(KEPT_RATE * INTERVAL / len(addresses)))
        self._client = PacedClient(addresses, rate, kept, INTERVAL)
        self._spared = set()  # ports of clients whose worker was killed
        self.flow()

    def _counters(self):
        total = self._daemon.democtl_json("stats")["total"]
        return {name: value for name, value in total.items() if name not in GAUGES}

    def look(self):
        """Fails if a counter is less than it was at the last look."""
        now = self._counters()
        fallen = {name: (was, now.get(name)) for name, was in self._last.items() if now.get(name, 0) < was}
        assert not fallen, f"fallen: {fallen}"
        self._last = now
        return now["requests"] - self._first["requests"]

    def flow(self):
        eventually(self._client.flow(), "requests to be answered")

    def stop_worker(self, pid):
        """Makes it stand still, to be killed: whom it serves now may lose a connection, and nobody else."""
        stand_still(pid)
        self._spared |= proc_facts.client_ports(pid)

    def finish(self, name):
        self.flow()
        outcome = self._client.finish()
        print("\n" + outcome.row(name))
        others = [lost for lost in outcome.lost if lost[1] not in self._spared]
        assert not others and outcome.losses == len(outcome.lost), f"{others}: {outcome}"
        assert outcome.refused == outcome.wrong == 0, outcome
        # A worker that is killed may have answered what it did not count, and counted what it did not answer.
        allowed = len(self._spared)

        def add_up():
            counted = self.look()
            told = f"{counted} counted, {outcome.answered} answered"
            assert abs(counted - outcome.answered) <= allowed, told
            return True

        eventually(add_up, "the requests of all workers to be those of the clients")
