"""Libraries that a test loads before those of the programs; sanitizer builds have none."""

from daemon_process import BUILD


def preload(name):
    """The library's path, which may not exist."""
    return BUILD / "tests" / "integration" / "preloaded" / f"libdemo_{name}.so"
