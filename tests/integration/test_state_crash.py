"""Five hundred mutations, the supervisor killed at random moments among them: what is saved is always whole.

Every mutation tells its number in the state; the saved state must be that of the last acknowledged one or of
the one under way.
"""

import json
import random
import threading
import time

import grpc
from waiting import PATIENCE

MUTATIONS = 500
MOST_BETWEEN_KILLS = 40


def body_of(number):
    """A body whose size differs from its neighbours', so that a torn file cannot pass."""
    return f"{number}:".encode() + b"x" * (number * 7919 % 20_000)


class Mutator(threading.Thread):
    """Applies one numbered mutation after the other until the daemon is gone."""

    def __init__(self, control, acknowledged, enough):
        super().__init__(daemon=True)
        self.control = control
        self.acknowledged = acknowledged
        self.enough = enough
        self.reached = threading.Event()  # as many as enough were acknowledged

    def run(self):
        while True:
            try:
                self.control.SetResponse(response={"body": body_of(self.acknowledged + 1)}, timeout=20.0)
            except grpc.RpcError:
                return
            self.acknowledged += 1
            if self.acknowledged >= self.enough:
                self.reached.set()


def check_loaded(daemon, acknowledged):
    """Checks what a restarted daemon runs with; the number of the mutation that it is."""
    running = daemon.monitor.GetConfig().running.response.body
    before, after = body_of(acknowledged), body_of(acknowledged + 1)
    assert running in (before, after), f"{running[:20]!r} after {acknowledged} acknowledged mutations"
    assert daemon.monitor.GetStatus().config_source == "state"
    return acknowledged + (running == after)


def test_saved_state_is_that_before_or_after_a_mutation(new_daemon):
    moments = random.Random(20261122)
    daemon = new_daemon()
    state = daemon.folder / "state"
    state.mkdir()
    done = 0
    while True:
        daemon.start("--state-dir", state)
        if done > 0:
            done = check_loaded(daemon, done)
        if done >= MUTATIONS:
            break
        mutator = Mutator(daemon.control, done, done + moments.randint(1, MOST_BETWEEN_KILLS))
        mutator.start()
        assert mutator.reached.wait(60 * PATIENCE), f"stuck after {mutator.acknowledged} mutations"
        time.sleep(moments.random() * 0.02)  # where within a mutation the kill falls is left to chance
        daemon.kill()
        mutator.join()
        done = mutator.acknowledged
        assert json.loads((state / "state.json").read_text())
        assert not list(state.glob("*damaged*"))
        # What a killed daemon leaves is replaced, but a client that met it first would wait before it tries
        # again.
        daemon.control_path.unlink()
