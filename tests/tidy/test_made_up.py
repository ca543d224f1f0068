"""What ARCHITECTURE.md says of adding an option and a counter: so few files, and it is seen everywhere."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from source_tree import BUILD, ROOT, all_files

HERE = Path(__file__).parent / "made_up"
sys.path.insert(0, str(HERE))

import edits  # noqa: E402


@pytest.fixture(scope="module")
def changed_tree():
    """A copy of the source tree with the edits, where compiled objects of the same text are found again."""
    folder = BUILD / "made-up"
    shutil.rmtree(folder, ignore_errors=True)
    for path in all_files():
        target = folder / "source" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / path, target)
    edits.apply(folder / "source")
    yield folder
    shutil.rmtree(folder)


def done(*command, **options):
    finished = subprocess.run(
        command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, **options
    )
    assert finished.returncode == 0, f"{command}\n{finished.stdout[-8000:]}{finished.stderr[-8000:]}"
    return finished.stdout


def test_an_option_and_a_counter_have_three_files_each_beside_who_uses_them():
    assert len(edits.product_files(edits.OPTION)) == 3
    assert len(edits.product_files(edits.COUNTER) - {"daemon/net/listener_handle.h"}) == 2


def test_they_are_found_in_file_api_help_man_page_and_table(changed_tree):
    source, build = changed_tree / "source", changed_tree / "build"
    environment = {
        **os.environ,
        "DEMO_SOURCE_DIR": str(source),
        "DEMO_BUILD_DIR": str(build),
        "PYTHONPATH": os.pathsep.join([str(source / "tests" / "integration" / "harness"), str(HERE)]),
    }
    pytest_of_it = (sys.executable, "-B", "-m", "pytest", "-p", "no:cacheprovider", "-q", "--tb=short")
    done(*pytest_of_it, source / "tests" / "tidy" / "test_agreements.py", env=environment)
    # Cheap to compile and used once.
    cheap = {"CMAKE_BUILD_TYPE": "Debug", "CMAKE_CXX_FLAGS_DEBUG": "-O0", "DEMO_BATCHES": "WHOLE"}
    variables = [f"-D{name}={value}" for name, value in {**cheap, "DEMO_BUILD_TESTS": "OFF"}.items()]
    done("cmake", "-G", "Ninja", "-S", source, "-B", build, *variables)
    done("cmake", "--build", build)
    done(*pytest_of_it, HERE / "check.py", env=environment)
