"""The files of the project and small readings of C++ text that the tidy tests share."""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
BUILD = Path(os.environ.get("DEMO_BUILD_DIR", ROOT / "build" / "release"))


def all_files():
    """Every file that is or would be committed; without git, or in a copy that it ignores: every file outside
    build/."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode == 0 and listing.stdout:
        names = [name for name in listing.stdout.split("\0") if name]
    else:
        names = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*") if path.is_file()]
    skipped = ("build/", ".git/")
    return sorted(
        Path(name)
        for name in names
        if not name.startswith(skipped) and "__pycache__" not in name and (ROOT / name).is_file()
    )


def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def cpp_files(*tops):
    """The C++ files below the given folders (all when none is given)."""
    return [
        path for path in all_files() if path.suffix in (".h", ".cc") and (not tops or path.parts[0] in tops)
    ]


def room_of(path):
    """Of daemon/net/x.h "net", of proto/json/x.h "json", of ctl/x.cc and start/x.cc the folder, of
    daemon/worker_main.cc its stem, of others None."""
    if path.parts[0] in ("ctl", "start"):
        return path.parts[0]
    if path.parts[0] not in ("daemon", "proto"):
        return None
    return path.parts[1] if len(path.parts) > 2 else path.stem


CODE_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"' r'|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])+\'',
    re.DOTALL,
)


def without_comments(text, keep_strings=False):
    """C++ text whose comments (and strings) are blanked; line numbers stay as they are."""

    def blank(match):
        token = match.group(0)
        if keep_strings and not token.startswith("/"):
            return token
        return re.sub(r"[^\n]", " ", token)

    # A digit separator is no quote.
    return CODE_TOKEN.sub(blank, re.sub(r"(?<=\d)'(?=\d)", "_", text))


# What comes before the brace of a scope of declarations, and is no function's heading.
SCOPE = re.compile(
    r"\b(namespace|class|struct|union|enum|extern)\b(?!.*\)\s*(const|noexcept|override)?\s*$)"
)


def functions(text):
    """(first line, last line, heading) of every function body of a C++ file, by its braces."""
    directive = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", re.MULTILINE)
    code = directive.sub(lambda match: re.sub(r"[^\n]", " ", match.group(0)), without_comments(text))
    found = []
    open_braces = []  # (is it a scope of declarations, line, heading)
    start = 0
    line = 1
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            heading = " ".join(code[start:position].split())
            inside_scope = all(is_scope for is_scope, _, _ in open_braces)
            is_scope = inside_scope and bool(SCOPE.search(heading))
            open_braces.append((is_scope, line, heading))
            start = position + 1
        elif char == "}" and open_braces:
            is_scope, first, heading = open_braces.pop()
            if not is_scope and all(scope for scope, _, _ in open_braces) and ")" in heading:
                found.append((first, line, heading))
            start = position + 1
        elif char == ";":
            start = position + 1
    return found


CLASS = re.compile(r"\b(?:class|struct)\s+(?:\w+::)*(\w+)(?:\s+final)?\s*(?::[^:].*)?$")


def class_bodies(text):
    """(first line, last line, name) of every class that stands in no other one and in no function."""
    code = without_comments(text)
    found = []
    open_braces = []  # (name of the class that begins there, line)
    start = 0
    line = 1
    for position, char in enumerate(code):
        if char == "\n":
            line += 1
        elif char == "{":
            heading = " ".join(code[start:position].split())
            name = CLASS.search(heading)
            open_braces.append((name.group(1) if name and "enum" not in heading else None, line, heading))
            start = position + 1
        elif char == "}" and open_braces:
            name, first, _ = open_braces.pop()
            if name and all(heading.startswith(("namespace", "extern")) for _, _, heading in open_braces):
                found.append((first, line, name))
            start = position + 1
        elif char == ";":
            start = position + 1
    return found
