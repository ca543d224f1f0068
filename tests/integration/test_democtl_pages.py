"""What the package installs beside democtl: the man page and the completion of three shells."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from daemon_process import DEMOCTL

SCRIPTS = Path(__file__).resolve().parents[2] / "packaging" / "completions"
SHELLS = ("bash", "zsh", "fish")


def run(*command, **options):
    return subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False,
                          timeout=60, **options)


def test_man_page_has_no_warnings(tmp_path):
    page = tmp_path / "democtl.1"
    page.write_text(run(DEMOCTL, "__man").stdout)
    done = run("man", "--warnings", "-E", "ascii", "-l", page,
               env={"MANWIDTH": "80", "PATH": "/usr/bin:/bin"})
    assert done.returncode == 0 and not done.stderr, done.stderr
    assert "add-backend ENDPOINT" in done.stdout


@pytest.mark.parametrize("shell", SHELLS)
def test_prints_the_scripts_that_are_installed(shell):
    assert run(DEMOCTL, "completion", shell).stdout == (SCRIPTS / f"democtl.{shell}").read_text()


@pytest.mark.parametrize("shell", SHELLS)
def test_scripts_are_of_their_shell(shell):
    if not shutil.which(shell):
        pytest.skip(f"{shell} is not installed")
    done = run(shell, "-n", SCRIPTS / f"democtl.{shell}")
    assert done.returncode == 0, done.stderr


def complete_in_bash(line, settings="", **options):
    """What bash would offer at the end of the line, for the word behind the last colon or equals sign.

    settings: commands that the user's shell has run before.
    """
    word = re.split("[:=]", line.rsplit(" ", 1)[-1])[-1]
    script = (f"source {SCRIPTS / 'democtl.bash'}\n{settings}\n"
              "COMP_LINE=$1 COMP_POINT=${#1}\n_democtl democtl \"$2\" x\n"
              "printf '%s\\n' \"${COMPREPLY[@]}\"\n")
    done = run("bash", "-c", script, "bash", line, word, **options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


def test_bash_completes_verbs_options_and_live_names(start_daemon):
    daemon = start_daemon()
    daemon.democtl("add-backend", "127.0.0.1:9")
    daemon.democtl("add-backend", "[::1]:9")
    democtl = f"{DEMOCTL} --target unix://{daemon.control_path}"
    assert complete_in_bash(f"{democtl} add-b") == ["add-backend"]
    assert complete_in_bash(f"{democtl} remove-backend --dra") == ["--drain"]
    assert sorted(complete_in_bash(f"{democtl} remove-backend ")) == ["127.0.0.1:9", "[::1]:9"]
    assert complete_in_bash(f"{democtl} remove-backend 127.0.0.1:") == ["9"]
    assert complete_in_bash(f"{democtl} add-listener :81 --mode=t") == ["tcp"]
    assert complete_in_bash(f"{democtl} stats --watch --fields=time,req/") == ["time,req/s"]


@pytest.mark.parametrize(
    "settings",
    ["IFS=:", "IFS=", "IFS=a", "set -u; unset HOME", "set -e", "set -o posix", "set -f", "shopt -s failglob",
     "shopt -s nullglob", "shopt -s nocasematch", "COMP_WORDBREAKS=${COMP_WORDBREAKS//:}"],
)
def test_bash_completes_whatever_is_set(settings):
    assert sorted(complete_in_bash(f"{DEMOCTL} stat", settings)) == ["stats", "status"]
    assert complete_in_bash(f"{DEMOCTL} remove-backend --dra", settings) == ["--drain"]
    assert complete_in_bash(f"{DEMOCTL} accept-mode reuseport-", settings) == ["reuseport-cpu"]


def test_bash_finds_the_program_below_the_home_folder(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "democtl").symlink_to(DEMOCTL)
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    assert sorted(complete_in_bash("~/bin/democtl stat", env=env)) == ["stats", "status"]


@pytest.mark.parametrize("settings", ["true", "set -g IFS ''", "set -g IFS :"])
def test_fish_completes_with_descriptions(settings):
    if not shutil.which("fish"):
        pytest.skip("fish is not installed")
    done = run("fish", "-c",
               f"source {SCRIPTS / 'democtl.fish'}; {settings}; complete -C '{DEMOCTL} stat'")
    assert sorted(line.split("\t")[0] for line in done.stdout.splitlines()) == ["stats", "status"]


def test_completion_is_silent_without_a_daemon(tmp_path):
    done = run(DEMOCTL, "__complete", "--", "--target", f"unix://{tmp_path}/none.sock", "remove-backend", "")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
