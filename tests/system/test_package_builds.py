"""What packaging/build-deb makes: programs with symbols beside them, and the same package each time."""

import hashlib
import re
import subprocess

import pytest
from installed_service import SOURCE, build_package
from lengths import LONG

PROGRAMS = [
    "usr/sbin/demo-server",
    "usr/libexec/demo-server/demo-server-worker",
    "usr/libexec/demo-server/pass-sock-diag",
    "usr/bin/democtl",
]


def debug_package(package):
    return next(package.parent.glob("demo-server-dbgsym_*.deb"))


def output(*command):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout


def test_the_debug_package_has_the_symbols_of_every_program(package, tmp_path):
    for name, deb in {"programs": package, "symbols": debug_package(package)}.items():
        output("dpkg-deb", "-x", deb, tmp_path / name)
    for program in PROGRAMS:
        notes = output("readelf", "-n", tmp_path / "programs" / program)
        build_id = re.search(r"Build ID: ([0-9a-f]+)", notes).group(1)
        symbols = tmp_path / f"symbols/usr/lib/debug/.build-id/{build_id[:2]}/{build_id[2:]}.debug"
        assert ".debug_info" in output("readelf", "-SW", symbols), program


@pytest.mark.skipif(not LONG, reason="compiles everything again: tests/run --long does it")
def test_the_same_tree_built_elsewhere_gives_the_same_packages(package, tmp_path):
    again = build_package(SOURCE, tmp_path / "again", CCACHE_DISABLE="1")
    for first, second in ((package, again), (debug_package(package), debug_package(again))):
        assert first.name == second.name
        digests = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)}
        assert len(digests) == 1, first.name
