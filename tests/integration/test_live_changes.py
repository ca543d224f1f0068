"""Everything is changed under wrk on two listeners, and found again after SIGKILL (runs alone)."""

import re

import pytest
from load import wrk
from ports import free_address, text
from raw_client import get
from waiting import eventually

PATIENT = 240  # seconds that a load would run at most; it is ended when the script is through


class Script:
    """One daemon with a listener that answers and one that forwards to two backends, and wrk on both."""

    def __init__(self, start_daemon, new_daemon):
        self.backends = [text(free_address()) for _ in range(3)]
        self.origin = start_daemon("-k", listen=self.backends)
        self.answering, self.forwarding = free_address(), free_address()
        self.daemon = new_daemon()
        self.state = self.daemon.folder / "state"
        self.state.mkdir()
        self.start()
        for backend in self.backends[:2]:
            self.change("add-backend", backend, "--pool", "api")
        self.change("add-listener", text(self.forwarding), "--mode", "proxy", "--pool", "api")
        self.loads = []

    def start(self):
        self.daemon.start("-k", "--state-dir", self.state, listen=[text(self.answering)])

    def change(self, *arguments):
        """A change that every worker has in force when it returns."""
        said = self.daemon.democtl(*arguments).stdout
        outcome = re.search(r"gen \d+, (\d+)/(\d+) workers", said)
        assert outcome and outcome[1] == outcome[2], f"{arguments}: {said}"

    def begin_loads(self):
        self.loads = [
            wrk("http://%s:%d/" % address, seconds=PATIENT, connections=16)
            for address in (self.answering, self.forwarding)
        ]

    def requests(self):
        """What the two listeners have answered so far."""
        wanted = {text(self.answering), text(self.forwarding)}
        sample = self.daemon.monitor.GetStats().sample
        return [each.figures.requests for each in sample.listeners if each.address in wanted]

    def flow(self, what):
        """Waits until both listeners have answered more requests."""
        before = self.requests()
        eventually(
            lambda: all(now > then + 100 for now, then in zip(self.requests(), before)),
            f"requests after {what}",
        )

    def step(self, *arguments):
        self.change(*arguments)
        self.flow(" ".join(arguments))

    def config(self, which="running"):
        return self.daemon.democtl_json("config", "show", "--which", which)

    def kill_loads(self):
        for load in self.loads:
            load.kill()


@pytest.fixture
def script(start_daemon, new_daemon):
    made = Script(start_daemon, new_daemon)
    yield made
    made.kill_loads()


def change_everything(script):
    third = script.backends[2]
    spare = free_address()
    script.step("add-listener", text(spare))
    assert get(spare).status == 200
    script.step("set-listener", text(spare), "--mode", "proxy", "--pool", "api")
    assert get(spare).status == 200
    script.step("remove-listener", text(spare))
    script.step("add-backend", third, "--pool", "api", "--weight", "3")
    script.step("remove-backend", script.backends[0], "--pool", "api")
    script.step("add-backend", script.backends[0], "--pool", "api")
    script.step("set-backend", script.backends[1], "--pool", "api", "--state", "drain")
    script.step("set-backend", script.backends[1], "--pool", "api", "--state", "ready")
    script.step("remove-backend", third, "--pool", "api", "--drain", "20s", "--wait")
    for mode in ("shared", "exclusive", "reuseport", "reuseport-cpu"):
        script.step("accept-mode", mode)
    for switch in ("off", "on"):
        script.step("keepalive", switch)
        script.step("keepalive", switch, "--side", "backend")
    for count in ("2", "1", "2"):
        script.step("set-workers", count)
    old = script.daemon.worker_pids()
    script.step("restart-worker", "--all")
    assert not set(old) & set(script.daemon.worker_pids())
    script.step("set-pool", "api", "--policy", "least-connections")
    script.step("keepalive", "on", "--idle-timeout", "30s", "--no-persist")


def test_what_was_changed_under_load_is_found_after_a_kill(script):
    script.begin_loads()
    script.flow("the start")
    change_everything(script)
    assert script.config("saved") != script.config(), "the last change was not to be saved yet"
    script.daemon.democtl("config", "save")
    script.flow("config save")
    for load in script.loads:
        load.finish().check()
    as_left = script.config()
    assert script.config("saved") == as_left

    # The kill comes in the middle of requests, whose loss nobody counts.
    script.begin_loads()
    script.flow("the loads began again")
    script.daemon.kill_supervisor()
    script.start()
    script.kill_loads()

    assert script.config() == as_left
    assert script.daemon.monitor.GetStatus().config_source == "state"
    assert get(script.answering).status == 200 and get(script.forwarding).status == 200
    script.begin_loads()
    script.flow("the restart")
    for load in script.loads:
        load.finish().check()
