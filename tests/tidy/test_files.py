"""What a file may be called, that every file is used, and that it is formatted."""

import json
import re
import subprocess
from pathlib import Path

import pytest
from source_tree import BUILD, ROOT, all_files, cpp_files, read, without_comments

VAGUE_WORDS = re.compile(r"(^|[_.\-/])(utils?|common|managers?|helpers?|contexts?|misc)($|[_.\-/])")

TOP_LEVEL = {
    "daemon",
    "proto",
    "ctl",
    "start",
    "systemd",
    "tests",
    "packaging",
    "CMakeLists.txt",
    "CMakePresets.json",
    "README.md",
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "CHANGELOG.md",
    "LICENSE",
    ".ci",
    ".clang-format",
    ".clang-tidy",
    ".gitignore",
}


def test_top_level_holds_only_what_it_should():
    assert {path.parts[0] for path in all_files()} <= TOP_LEVEL


def test_file_names_name_a_concept():
    wrong = [str(path) for path in all_files() if VAGUE_WORDS.search(str(path).lower())]
    assert not wrong, "\n".join(wrong)


def test_class_names_name_a_concept():
    words = r"\w*(?:Utils?|Common|Manager|Helper|Context)\w*"
    vague = re.compile(rf"^\s*(?:class|struct)\s+({words})\b[^;]*$", re.MULTILINE)
    wrong = [
        f"{path}: {name}"
        for path in cpp_files("daemon", "ctl", "proto", "start")
        for name in vague.findall(without_comments(read(path)))
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_left_open():
    marks = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b")
    wrong = []
    for path in all_files():
        if path.suffix in (".json", ".bin") or "corpus" in path.parts:
            continue
        try:
            text = read(path)
        except UnicodeDecodeError:
            continue
        wrong += [
            f"{path}:{number}" for number, line in enumerate(text.splitlines(), 1) if marks.search(line)
        ]
    assert not wrong, "\n".join(wrong)


def test_headers_are_included_once_and_by_somebody():
    wrong = []
    texts = {path: read(path) for path in cpp_files()}
    included = set()
    for path, text in texts.items():
        for include in re.findall(r'#include "([^"]+)"', text):
            included.update({include.split("/")[-1]})
    for path, text in texts.items():
        if path.suffix != ".h":
            continue
        if not text.startswith("#pragma once\n"):
            wrong.append(f"{path} does not start with #pragma once")
        if path.name not in included:
            wrong.append(f"{path} is included by nobody")
    assert not wrong, "\n".join(wrong)


def test_every_source_file_is_built():
    database = BUILD / "compile_commands.json"
    if not database.exists():
        pytest.skip(f"{database} does not exist: configure the build first")
    built = {entry["file"] for entry in json.loads(database.read_text())}
    for batch in [Path(file) for file in built if "/Unity/unity_" in file]:
        built.update(re.findall(r'^#include "(.*)"$', batch.read_text(), re.MULTILINE))
    wrong = [
        str(path)
        for path in cpp_files("daemon", "ctl", "proto", "start", "tests")
        if path.suffix == ".cc"
        and str(ROOT / path) not in built
        and path.parts[:2] not in (("tests", "fuzz"), ("tests", "bench"), ("tests", "sanitize"))
    ]
    for folder in ("fuzz", "bench", "sanitize"):
        listed = ROOT / "tests" / folder / "CMakeLists.txt"
        for path in cpp_files("tests"):
            if path.parts[1] == folder and path.suffix == ".cc":
                if not listed.exists() or not (
                    "GLOB" in listed.read_text() or path.stem in listed.read_text()
                ):
                    wrong.append(str(path))
    assert not wrong, "not built:\n" + "\n".join(wrong)


def test_every_packaged_file_is_mentioned_somewhere():
    """A file of packaging/ or systemd/ that no build file, script or page names is dead."""
    texts = {
        path: read(path)
        for path in all_files()
        if path.suffix in (".txt", ".cmake", ".md", ".py", ".8")
        or path.parts[0] in (".ci", "packaging", "tests")
        and "corpus" not in path.parts
        and path.suffix not in (".json", ".bin")
    }
    wrong = []
    for path in all_files():
        if (
            path.parts[0] not in ("packaging", "systemd")
            or "debian" in path.parts
            or path.name == "CMakeLists.txt"
        ):
            continue
        if not any(path.name in text or path.stem in text for other, text in texts.items() if other != path):
            wrong.append(str(path))
    assert not wrong, "\n".join(wrong)


def test_cpp_is_formatted():
    files = [str(path) for path in cpp_files()]
    result = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = sorted({line.split(":")[0] for line in result.stderr.splitlines() if "error:" in line})
    assert result.returncode == 0 and not wrong, "clang-format -i " + " ".join(wrong)


def test_shell_scripts_pass_shellcheck():
    scripts = [
        str(path)
        for path in all_files()
        if path.suffix in ("", ".sh")
        and path.name not in ("rules",)
        and (ROOT / path).stat().st_size
        and re.match(rb"#!/bin/(ba)?sh", (ROOT / path).read_bytes())
    ]
    result = subprocess.run(["shellcheck", *scripts], cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout
