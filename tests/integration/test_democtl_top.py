"""democtl top on a terminal of 80 by 24, as tmux sees it."""

import contextlib
import fcntl
import os
import pty
import re
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
from pathlib import Path

import pytest
from control_api import enum
from daemon_process import DEMOCTL
from raw_client import get
from waiting import eventually

COLUMNS, ROWS = 80, 24


class Tmux:
    """A tmux server of its own with one window that runs a command, then shows what it left behind."""

    def __init__(self, command, environment=None):
        self.folder = Path(tempfile.mkdtemp(prefix="tmux-"))
        assignments = " ".join(f"{name}={value}" for name, value in (environment or {}).items())
        # Set apart from the command, so that it is seen what the terminal is like afterwards.
        script = self.folder / "script"
        script.write_text(
            f"trap : INT\nstty -a >{self.folder}/before\nenv {assignments} {command}\n"
            f"echo ended with $?\nstty -a >{self.folder}/after\nexec sleep 600\n"
        )
        self._tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", str(COLUMNS), "-y", str(ROWS), f"sh {script}"
        )

    def _tmux(self, *arguments):
        return subprocess.run(
            ["tmux", "-S", str(self.folder / "socket"), *arguments],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        ).stdout

    def lines(self):
        return self._tmux("capture-pane", "-p").split("\n")[:ROWS]

    def text(self):
        return "\n".join(self.lines())

    def keys(self, *keys):
        self._tmux("send-keys", *keys)

    def resize(self, columns, rows):
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def check_restored(self):
        """The command has ended and left the terminal as it was."""
        after = self.folder / "after"
        eventually(lambda: after.exists() and after.read_text(), "top to end")
        # The first line holds the size, which a test may change.
        before, after = ((self.folder / name).read_text().splitlines()[1:] for name in ("before", "after"))
        assert before == after
        assert self._tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}").split() == ["0", "1"]

    def close(self):
        subprocess.run(
            ["tmux", "-S", str(self.folder / "socket"), "kill-server"], capture_output=True, check=False
        )
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture
def run_top():
    made = []

    def run(daemon, *arguments, environment=None):
        target = f"unix://{daemon.control_path}"
        made.append(Tmux(" ".join([str(DEMOCTL), "--target", target, "top", *arguments]), environment))
        return made[-1]

    yield run
    for tmux in made:
        tmux.close()


def test_shows_cores_listeners_backends_and_events(start_daemon, run_top):
    daemon = start_daemon(workers=2)
    daemon.democtl("add-backend", "127.0.0.1:9", "--pool", "api")
    top = run_top(daemon)
    eventually(lambda: "127.0.0.1:9" in top.text() and "ready" in top.text(), "the backend with its state")
    eventually(lambda: "worker-started" in top.text(), "events")
    get(daemon.address)
    lines = top.lines()
    assert re.match(r"demo-server gen \d+  \d\d:\d\d:\d\d  .* req/s", lines[0]), lines[0]
    assert lines[1].split()[:3] == ["WORKER", "CORE", "OPEN"]
    assert [line.split()[0] for line in lines[2:4]] == ["0", "1"]
    headings = [line.split()[0] for line in lines if line and line.split()[0].isupper()]
    assert headings == ["WORKER", "LISTENER", "POOL", "TIME"]
    assert lines[ROWS - 1].startswith("q quit")
    assert max(len(line) for line in lines) <= COLUMNS
    top.keys("q")
    top.check_restored()
    assert "ended with 0" in top.text()


def test_drains_the_chosen_backend_and_takes_it_back(start_daemon, run_top):
    daemon = start_daemon()
    daemon.democtl("add-backend", "127.0.0.1:9")
    top = run_top(daemon)
    eventually(lambda: "127.0.0.1:9" in top.text(), "the backend")

    def state():
        return daemon.monitor.ListBackends().backends[0].backend.state

    top.keys("Tab", "Tab", "d", "y")
    eventually(lambda: state() == enum("BackendState").Value("BACKEND_STATE_DRAIN"), "the backend to drain")
    eventually(lambda: "drains: gen" in top.text(), "the answer")
    top.keys("r")
    eventually(lambda: state() == enum("BackendState").Value("BACKEND_STATE_READY"), "it to be ready")


def test_filters_sorts_and_pauses(start_daemon, run_top):
    daemon = start_daemon(workers=2)
    top = run_top(daemon)
    eventually(lambda: "q quit" in top.text(), "top")
    top.keys("/", "n", "o", "n", "e", "x", "Enter")
    eventually(
        lambda: "[filter nonex]" in top.text() and not re.search(r"^ +0 ", top.text(), re.MULTILINE),
        "no row to be left",
    )
    top.keys("Escape")
    eventually(lambda: re.search(r"^ +0 ", top.text(), re.MULTILINE), "the rows again")
    top.keys("s")
    eventually(lambda: "[cores by worker]" in top.text(), "the order")
    assert re.search(r"^ +1 .*\n +0 ", top.text(), re.MULTILINE)
    top.keys("p")
    eventually(lambda: "PAUSED" in top.lines()[0], "the pause")


def test_restores_the_terminal_on_ctrl_c(start_daemon, run_top):
    top = run_top(start_daemon())
    eventually(lambda: "q quit" in top.text(), "top")
    top.keys("C-c")
    top.check_restored()


def test_says_that_the_daemon_went_away_and_finds_it_again(new_daemon, run_top):
    daemon = new_daemon()
    daemon.start()
    top = run_top(daemon)
    eventually(lambda: "worker-ready" in top.text(), "top")
    daemon.stop()
    eventually(lambda: "went away, reconnecting" in top.text(), "the news")
    daemon.start()
    eventually(lambda: "the daemon is back" in top.text(), "the daemon again")
    top.keys("q")
    top.check_restored()


def test_lives_with_a_small_terminal_and_grows_with_it(start_daemon, run_top):
    top = run_top(start_daemon(workers=2))
    eventually(lambda: "q quit" in top.text(), "top")
    top.resize(30, 6)
    eventually(lambda: top.text().count("\n") <= 6 and "WORKER" in top.text(), "a small picture")
    top.resize(160, 40)
    eventually(lambda: "ACC/S" in top.text() and "P50" in top.text(), "more columns")
    top.keys("q")
    top.check_restored()


def test_shows_its_keys_until_the_next_one(start_daemon, run_top):
    top = run_top(start_daemon())
    eventually(lambda: "q quit" in top.text(), "top")
    for key in ("?", "h"):
        top.keys(key)
        eventually(lambda: "any key goes back" in top.text(), "the keys")
        top.keys("q")
        eventually(lambda: "q quit" in top.text(), "the panes again")


def test_takes_little_memory_and_its_keys_on_a_terminal_of_any_size(start_daemon):
    daemon = start_daemon()
    command = [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", "top"]
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 65535, 65535, 0, 0))
        os.execve(command[0], command, {**os.environ, "TERM": "xterm"})
    shown = b""

    def shows(text):
        nonlocal shown
        if select.select([master], [], [], 0.1)[0]:
            shown += os.read(master, 65536)
        return text in shown

    try:
        eventually(lambda: shows(b"q quit"), "top")
        # And one that becomes so.
        for rows, columns in ((24, 80), (65535, 65535)):
            shown = b""
            fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            eventually(lambda: shows(b"q quit"), "the next picture")
        os.write(master, b"q")

        def ended():
            with contextlib.suppress(OSError):  # nobody holds the other end any more
                shows(b"")
            return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)

        eventually(ended, "it to end")
    finally:
        os.kill(pid, signal.SIGKILL)
        _, status, usage = os.wait4(pid, 0)
        os.close(master)
    assert os.waitstatus_to_exitcode(status) == 0
    if not os.environ.get("DEMO_SANITIZE"):
        assert usage.ru_maxrss < 200 * 1024, f"{usage.ru_maxrss} KiB"


def test_draws_with_ascii_alone_when_asked(start_daemon, run_top):
    daemon = start_daemon()
    top = run_top(daemon, "--ascii", "--interval", "100ms", environment={"NO_COLOR": "1"})
    eventually(lambda: get(daemon.address) and "#" in top.text(), "a bar")
    assert top.text().isascii()


def test_needs_a_terminal(start_daemon):
    done = start_daemon().democtl("top", check=False)
    assert done.returncode == 1
    assert "stats --watch" in done.stderr
