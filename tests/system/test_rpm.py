"""The rpm that packaging/build-rpm packs out of the tree that the Debian package was built in."""

import re
import subprocess

import pytest
from installed_service import FOLDER, SOURCE

CONFIG = "etc/demo-server/demo-server.toml"


def output(*command, **options):
    done = subprocess.run(
        [str(word) for word in command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
        **options,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def rpm_package(package):
    tree = next((package.parent / "source").glob("obj-*"))
    output(SOURCE / "packaging/build-rpm", FOLDER / "rpm", tree)
    return next((FOLDER / "rpm").glob("demo-server-*.rpm"))


@pytest.fixture
def rpm(tmp_path):
    """rpm with a root and a database of its own."""
    root = tmp_path / "root"
    root.mkdir()

    def run(*words):
        return output("rpm", "--root", root, "--dbpath", "/var/lib/rpm", *words)

    run("--initdb")
    run.root = root
    return run


def files_of_deb(package):
    lines = output("dpkg-deb", "-c", package).splitlines()
    return {line.split()[5][1:] for line in lines if not line.startswith("d")}


def test_it_holds_what_the_debian_package_holds(rpm_package, package):
    moved = {
        r"^/lib/systemd/": "/usr/lib/systemd/",
        r"/zsh/vendor-completions/": "/zsh/site-functions/",
        r"\.gz$": "",
    }
    wanted = set()
    for path in files_of_deb(package):
        for old, new in moved.items():
            path = re.sub(old, new, path)
        wanted.add(path)
    of_debian = {path for path in wanted if path.startswith(("/usr/share/doc/", "/usr/share/lintian/"))}
    held = {re.sub(r"\.gz$", "", path) for path in output("rpm", "-qpl", rpm_package).split()}
    folders = {
        "/etc/demo-server",
        "/usr/libexec/demo-server",
        "/usr/share/demo-server",
        "/usr/share/licenses/demo-server",
    }
    assert held - folders == wanted - of_debian | {"/usr/share/licenses/demo-server/LICENSE"}


def test_installed_in_a_root_of_its_own_its_programs_run_and_it_goes_without_a_trace(rpm, rpm_package):
    rpm("-i", "--nodeps", "--noscripts", rpm_package)
    assert rpm("-V", "--nodeps", "demo-server") == ""
    version = rpm("-q", "--qf", "%{version}", "demo-server")
    for program in ("usr/sbin/demo-server", "usr/bin/democtl"):
        assert version in output(rpm.root / program, "--version")
    rpm("-e", "--noscripts", "demo-server")
    left = [path for path in rpm.root.rglob("*demo*") if path.is_file()]
    assert left == []


def test_an_edited_file_stays_when_it_is_installed_again(rpm, rpm_package):
    rpm("-i", "--nodeps", "--noscripts", rpm_package)
    (rpm.root / CONFIG).write_text("[workers]\ncount = 1\n")
    rpm("-U", "--force", "--nodeps", "--noscripts", rpm_package)
    assert (rpm.root / CONFIG).read_text() == "[workers]\ncount = 1\n"


def test_its_scripts_upgrade_the_daemon_as_those_of_the_debian_package_do(rpm_package, package, tmp_path):
    after = output("rpm", "-qp", "--qf", "%{postin}", rpm_package)
    (tmp_path / "postin").write_text(f"#!/bin/sh\n{after}")
    output("shellcheck", tmp_path / "postin")
    called = r"^ +(/usr/libexec/demo-server/upgrade-running demo-server\.service) "
    postinst = output("dpkg-deb", "-I", package, "postinst")
    assert re.findall(called, after, re.MULTILINE) == re.findall(called, postinst, re.MULTILINE) != []
