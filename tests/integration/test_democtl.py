"""democtl against a real daemon: tables, JSON, exit codes, watching."""

import json
import os
import pty
import re
import select
import signal
import subprocess

from daemon_process import DEMOCTL
from ports import free_address, text
from raw_client import get
from waiting import PATIENCE, eventually


def test_each_verb_of_the_first_hour(start_daemon):
    daemon = start_daemon()
    address = text(free_address())
    done = daemon.democtl("add-listener", address)
    assert re.search(r"gen \d+, 1/1 workers", done.stdout), done.stdout
    assert address in daemon.democtl("listeners").stdout
    daemon.democtl("add-backend", "127.0.0.1:9")
    assert "127.0.0.1:9" in daemon.democtl("backends").stdout
    daemon.democtl("keepalive", "on")
    assert daemon.monitor.GetStatus().client_keepalive
    daemon.democtl("remove-backend", "127.0.0.1:9")
    daemon.democtl("remove-listener", address)
    assert str(daemon.worker_pids()[0]) in daemon.democtl("workers").stdout
    assert str(daemon.pid) in daemon.democtl("status").stdout
    assert daemon.democtl("version").stdout.strip()


def test_json_is_json(start_daemon):
    daemon = start_daemon()
    for verb in ("status", "listeners", "backends", "workers", "stats"):
        json.loads(daemon.democtl(verb, "-o", "json").stdout)


def test_exit_codes(start_daemon):
    daemon = start_daemon()
    assert daemon.democtl("no-such-verb", check=False).returncode == 2
    assert daemon.democtl("add-listener", "nonsense", check=False).returncode in (1, 2)
    assert daemon.democtl("remove-backend", "127.0.0.1:9", check=False).returncode == 3
    daemon.democtl("add-backend", "127.0.0.1:9")
    assert daemon.democtl("add-backend", "127.0.0.1:9", check=False).returncode == 4
    gone = f"unix://{daemon.folder}/nobody.sock"
    refused = daemon.democtl("status", check=False, target=gone)
    assert refused.returncode == 6
    assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr


def test_watching_into_a_pipe_prints_a_line_an_interval(start_daemon):
    daemon = start_daemon()
    watch = subprocess.Popen(
        [str(DEMOCTL), "--target", f"unix://{daemon.control_path}", "stats", "--watch"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        lines = [watch.stdout.readline() for _ in range(4)]
        assert all(line.strip() for line in lines), lines
        assert "\x1b" not in "".join(lines)
        watch.send_signal(signal.SIGINT)
        assert watch.wait(10 * PATIENCE) in (0, 130, -signal.SIGINT)
    finally:
        watch.kill()
        watch.wait()


class Terminal:
    """democtl on a pseudo-terminal of 100 by 30."""

    def __init__(self, *arguments, environment=None):
        self.output = ""
        pid, self.master = pty.fork()
        if pid == 0:
            os.environ.update({"TERM": "xterm", "LINES": "30", "COLUMNS": "100", **(environment or {})})
            os.execv(str(DEMOCTL), [str(DEMOCTL), *arguments])
        self.pid = pid

    def read(self):
        """Everything so far."""
        while select.select([self.master], [], [], 0.05)[0]:
            try:
                data = os.read(self.master, 65536)
            except OSError:
                break
            if not data:
                break
            self.output += data.decode(errors="replace")
        return self.output

    def end(self):
        """Ctrl-C; the exit status."""
        os.write(self.master, b"\x03")
        status = []

        def ended():
            self.read()
            pid, code = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                status.append(os.waitstatus_to_exitcode(code))
            return pid

        eventually(ended, "democtl to end after Ctrl-C")
        self.read()
        os.close(self.master)
        return status[0]


def test_watching_on_a_terminal_redraws_and_restores_it(start_daemon):
    daemon = start_daemon()
    terminal = Terminal("--target", f"unix://{daemon.control_path}", "stats", "--watch")
    eventually(lambda: "core" in terminal.read().lower(), "a table")
    get(daemon.address)
    size = len(terminal.output)
    eventually(lambda: len(terminal.read()) > size, "a redraw")
    assert terminal.end() in (0, 130)
    # A hidden cursor is shown again.
    assert terminal.output.rfind("\x1b[?25h") >= terminal.output.rfind("\x1b[?25l")


def test_no_color_is_honoured(start_daemon):
    daemon = start_daemon()
    terminal = Terminal(
        "--target", f"unix://{daemon.control_path}", "stats", "--watch", environment={"NO_COLOR": "1"}
    )
    eventually(lambda: "core" in terminal.read().lower(), "a table")
    terminal.end()
    assert not re.search(r"\x1b\[[0-9;]*3[0-7]m", terminal.output)


def test_watching_survives_a_restart_of_the_daemon(new_daemon):
    daemon = new_daemon()
    daemon.start()
    terminal = Terminal("--target", f"unix://{daemon.control_path}", "stats", "--watch")
    eventually(lambda: "core" in terminal.read().lower(), "a table")
    daemon.stop()
    eventually(lambda: re.search(r"reconnect|unreachable|gone|lost", terminal.read().lower()), "the news")
    daemon.start()
    size = len(terminal.read())
    eventually(lambda: "core" in terminal.read()[size:].lower(), "the table again", seconds=40)
    terminal.end()
