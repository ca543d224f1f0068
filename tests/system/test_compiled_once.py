"""packaging/quickstart and then tests/run, in whichever order ccache comes: nothing is compiled twice."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
PROGRAMS = ("demo-server", "demo-server-worker", "democtl")
# For cmake(1), a program is a file that may be executed.
HIDE = 'mount --bind /dev/null "$0"; exec "$@"'
HIDING_CCACHE = ["unshare", "--mount", "sh", "-ec", HIDE, shutil.which("ccache")]


def configure(folder, *options, prefix=()):
    """Configures as the scripts do; every command that makes the programs, as ninja would run it."""
    subprocess.run(
        [*prefix, "cmake", "--preset", "release", "-B", str(folder), *options],
        cwd=SOURCE,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
        timeout=300,
    )
    return subprocess.run(
        ["ninja", "-C", str(folder), "-t", "commands", *PROGRAMS],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    ).stdout.splitlines()


@pytest.mark.parametrize("prefix", [[], HIDING_CCACHE], ids=["ccache", "ccache-comes-later"])
def test_the_commands_of_quickstart_are_those_of_the_tests(tmp_path, prefix):
    before = configure(tmp_path, "-DDEMO_BUILD_TESTS=OFF", prefix=prefix)
    assert any("ccache" in command for command in before) == (not prefix)
    assert configure(tmp_path, "-DDEMO_BUILD_TESTS=ON", "-DDEMO_LONG_TESTS=OFF") == before
