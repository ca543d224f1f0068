"""The commands of README.md, word for word."""

import os
import re
from pathlib import Path

SOURCE = Path(os.environ.get("DEMO_SOURCE_DIR", Path(__file__).resolve().parents[2]))
PROGRAMS = ("packaging/", "tests/", "demo-server ", "democtl ", "wrk ", "curl ", "systemctl ")
# What a drawing is made of; the comparison is a table.
DRAWN = re.compile(r"[─│┌┐┴┬▶▼]")


def _without_comment(line):
    return re.sub(r"\s+# .*$", "", line).strip()


def blocks():
    """[(heading, [command, ...])]: the indented lines that belong together, in their order; no drawings."""
    found, heading, lines = [], "", []
    for line in [*(SOURCE / "README.md").read_text().splitlines(), "# end"]:
        if line.startswith("    "):
            lines.append(line)
            continue
        if lines and not DRAWN.search("".join(lines)):
            found.append((heading, [_without_comment(command) for command in lines]))
        lines = []
        if line.startswith("#"):
            heading = line.lstrip("# ")
    return found


def inline():
    """[(heading, command)]: what stands in backquotes within the text and is a whole command."""
    found, heading = [], ""
    for line in (SOURCE / "README.md").read_text().splitlines():
        if line.startswith("#"):
            heading = line.lstrip("# ")
        if line.startswith(("|", "    ")):
            continue
        found += [(heading, text) for text in re.findall(r"`([^`]+)`", line) if text.startswith(PROGRAMS)]
    return found


def commands_of_the_service():
    """What is said of the installed service: run where it is installed, by test_package."""
    _, *of_the_service = [block for heading, block in blocks() if heading == "Proxy mode"]
    assert of_the_service[0][0].startswith("systemctl ")
    return sum(of_the_service, []) + [text for heading, text in inline() if heading == "Proxy mode"]
