"""Bounded waiting: the only way these tests wait for anything."""

import os
import time

# Sanitizers make everything slower; a bound is there to end a hang, never to measure.
PATIENCE = 4.0 if os.environ.get("DEMO_SANITIZE") else 1.0


def eventually(condition, what, seconds=20.0):
    """Returns the first true value of condition(); fails after the bound, naming what was waited for.

    An AssertionError or OSError of the condition counts as not yet.
    """
    deadline = time.monotonic() + seconds * PATIENCE
    last = None
    while True:
        try:
            value = condition()
            if value:
                return value
            last = value
        except (AssertionError, OSError) as error:
            last = error
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds * PATIENCE:.0f} s in vain for: {what} (last: {last!r})")
        time.sleep(0.02)
