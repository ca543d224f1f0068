"""Things that are said in two places and must say the same."""

import re
import shutil
import subprocess

import pytest
from source_tree import ROOT, all_files, cpp_files, read, without_comments


def listed_packages(kind):
    return set(re.findall(rf"^{kind} (\S+)$", read("packaging/dependencies"), flags=re.MULTILINE))


def test_every_line_of_the_package_list_is_understood():
    for line in read("packaging/dependencies").splitlines():
        understood = re.fullmatch(r"(build|quickstart|package|test|bench) \S+", line)
        assert not line or line.startswith("#") or understood, line


def test_debian_control_needs_what_the_package_list_says():
    control = read("packaging/debian/control")
    section = re.search(r"^Build-Depends:(.*?)^\S", control, flags=re.MULTILINE | re.DOTALL)
    assert section
    packages = {entry.split()[0] for entry in section.group(1).split(",") if entry.strip()}
    debhelper = {name for name in packages if name.startswith(("debhelper", "dh-"))}
    assert packages - debhelper == listed_packages("build")


def test_what_decides_how_things_are_compiled_is_there_before_the_first_of_them_is():
    """Found later, by tests/run, it would change the commands of all that quickstart has compiled."""
    programs = set()
    for path in all_files():
        if path.parts[0] != "tests" and (path.suffix == ".cmake" or path.name == "CMakeLists.txt"):
            programs.update(re.findall(r"find_program\(\w+ (\S+)\)", read(path)))
    assert programs
    assert programs <= listed_packages("build") | listed_packages("quickstart")


def test_every_limit_is_used():
    header = "daemon/base/limits.h"
    code = {path: without_comments(read(path)) for path in cpp_files("daemon")}
    names = re.findall(r"\b(k[A-Z]\w+)\s*(?:=|\{)", code[next(p for p in code if str(p) == header)])
    assert names
    used = "\n".join(text for path, text in code.items() if str(path) != header)
    # A constant that only bounds others in a static_assert or in its own header counts as used there.
    own = code[next(p for p in code if str(p) == header)]
    wrong = [
        name
        for name in names
        if not re.search(rf"\b{name}\b", used) and len(re.findall(rf"\b{name}\b", own)) < 2
    ]
    assert not wrong, "never used: " + ", ".join(wrong)


PROTO_LINE = re.compile(
    r"^\s*(?:rpc\s+\w+|message\s+\w+|enum\s+\w+|service\s+\w+|oneof\s+\w+"
    r"|(?:repeated\s+|optional\s+)?[\w.<>, ]+\s+\w+\s*=\s*\d+|[A-Z][A-Z0-9_]+\s*=\s*-?\d+)"
)


def test_everything_in_a_proto_has_a_comment():
    wrong = []
    for path in all_files():
        if path.suffix != ".proto":
            continue
        previous = ""
        for number, line in enumerate(read(path).splitlines(), 1):
            stripped = line.strip()
            wants_comment = PROTO_LINE.match(line) and not stripped.startswith(
                ("//", "option", "import", "syntax", "package", "reserved")
            )
            if stripped.split(" ")[0].endswith("_UNSPECIFIED"):
                wants_comment = False  # it means what it says
            if wants_comment and "//" not in line and not previous.startswith("//"):
                wrong.append(f"{path}:{number}: {stripped}")
            # A continued statement keeps the comment above it.
            if stripped:
                previous = stripped
    assert not wrong, "\n".join(wrong)


def test_enums_of_protos_start_unspecified():
    wrong = []
    for path in all_files():
        if path.suffix == ".proto":
            for name, body in re.findall(r"\benum (\w+) \{(.*?)\}", read(path), flags=re.DOTALL):
                if not re.search(r"_UNSPECIFIED = 0;", body):
                    wrong.append(f"{path}: {name}")
    assert not wrong, "\n".join(wrong)


def test_version_is_the_same_everywhere():
    cmake = re.search(r"project\(demo-server VERSION ([\d.]+)", read("CMakeLists.txt"))
    assert cmake
    version = cmake.group(1)
    assert read("packaging/debian/changelog").startswith(f"demo-server ({version})")
    assert f"## {version}" in read("CHANGELOG.md")
    assert f'demo\\-server {version}"' in read("packaging/man/demo-server.8")


# With what is put into the unit's folder of drop-ins, and ten times the exposure that may be left.
@pytest.mark.parametrize("drop_ins, exposure", [([], 15), (["by-socket.conf"], 12)])
def test_unit_is_closed_enough(tmp_path, drop_ins, exposure):
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not installed")
    unit = tmp_path / "demo-server.service"
    unit.write_text("\n".join(read(f"systemd/{name}") for name in ["demo-server.service", *drop_ins]))
    result = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", f"--threshold={exposure}", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-300:] + result.stderr


def man_warnings(page):
    result = subprocess.run(
        ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(page)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin"},
    )
    return result.stderr if result.returncode == 0 else result.stderr or "man failed"


def test_man_pages_have_no_warnings():
    assert not man_warnings("packaging/man/demo-server.8")


def test_page_of_the_configuration_file_is_made_without_warnings(tmp_path):
    page = tmp_path / "demo-server.toml.5"
    made = subprocess.run(
        ["awk", "-v", "version=1", "-f", "packaging/man/config-page.awk", "packaging/demo-server.toml"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    page.write_text(made.stdout)
    assert not man_warnings(page)
    keys = re.findall(r"^#?([a-z_0-9]+) = ", read("packaging/demo-server.toml"), flags=re.MULTILINE)
    assert keys and all(key in made.stdout for key in keys)


def test_pages_link_to_files_that_exist():
    wrong = []
    for page in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"):
        for link in re.findall(r"\]\(([^)#:]+)\)", read(page)):
            if not (ROOT / link).exists():
                wrong.append(f"{page}: {link}")
    assert not wrong, "\n".join(wrong)


def test_files_that_the_architecture_names_exist():
    wrong = []
    for name in re.findall(r"`([\w.-]+(?:/[\w.-]+)+)`", read("ARCHITECTURE.md")):
        places = [ROOT / top / (name + end) for top in ("", "daemon", "proto") for end in ("", ".h", ".cc")]
        if not any(place.exists() for place in places):
            wrong.append(name)
    assert not wrong, "\n".join(wrong)


def test_every_flag_is_explained_in_the_man_page_and_the_readme():
    flags = {
        flag
        for text in re.findall(r'"((?:-\w,)?--[\w-]+)"', read("daemon/supervisor/start/flags.cc"))
        for flag in text.split(",")
        if flag.startswith("--")
    }
    page = read("packaging/man/demo-server.8").replace("\\-", "-")
    readme = read("README.md")
    assert len(flags) > 10
    assert not [flag for flag in flags if flag not in page]
    # The page alone explains the flag that nobody should use.
    assert not [flag for flag in flags if flag not in readme and "insecure" not in flag]


@pytest.mark.parametrize("kind", ["Worker", "Listener", "Backend"])
def test_figures_say_in_the_api_what_their_list_says(kind):
    """Fields and comments of stats.proto are names and texts of daemon/stats."""
    header = read(f"daemon/stats/{kind.lower()}_figures.h")
    text = r'"(?:\\.|[^"])*"'
    entries = re.findall(
        rf'\{{"(\w+)",\s*&Numbers::\w+,\s*FigureKind::(\w+),\s*((?:{text}\s*)+)\}}', header
    )
    assert entries
    listed = {
        name: (how != "kCounter", "".join(re.findall(r'"((?:\\.|[^"])*)"', text)).replace('\\"', '"'))
        for name, how, text in entries
    }
    stats = read("proto/demo/control/v1/stats.proto")
    message = re.search(rf"^message {kind}Figures \{{\n(.*?)^\}}", stats, re.MULTILINE | re.DOTALL)
    told = {}
    comment = []
    for line in message.group(1).splitlines():
        if line.strip().startswith("//"):
            comment.append(line.strip()[2:].strip())
        else:
            text = " ".join(comment)
            gauge = text.startswith("Gauge: ")
            if gauge:
                text = text.removeprefix("Gauge: ")
                text = text[0].upper() + text[1:]
            name = re.match(r"\s*optional uint64 (\w+) = \d+;", line).group(1)
            told[name] = (gauge, text)
            comment = []
    assert told == listed
