"""How long a test that could go on for ever does so: in short, or long as `tests/run --long` asks."""

import os

LONG = os.environ.get("DEMO_LONG_TESTS") == "ON"


def repetitions(long, short):
    """long with `tests/run --long`, short otherwise."""
    return long if LONG else short
