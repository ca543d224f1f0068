"""README.md does as it says on a host where nothing of ours runs, nor ran: as root, and as a user."""

import contextlib
import os
import pwd
import signal
import subprocess
from pathlib import Path

import pytest
import readme
from proc_facts import stat_fields
from readme import SOURCE
from waiting import eventually

NOBODY = pwd.getpwnam("nobody")
# Folders of a fresh host, and a network of its own.
FRESH = "for folder in /run /tmp /usr/local/bin; do mount -t tmpfs none $folder; done; ip link set lo up"
# These go on until Ctrl-C.
ENDLESS = ("packaging/quickstart", "demo-server ", "democtl stats --watch")


def interrupt_inside(group):
    """Ctrl-C for the process group, but for its leader nsenter, which ends as what it has started does."""
    for entry in Path("/proc").iterdir():
        fields = stat_fields(int(entry.name)) if entry.name.isdigit() and entry.name != str(group) else None
        if fields and int(fields[2]) == group:
            os.kill(int(entry.name), signal.SIGINT)


class FreshHost:
    """Owns the namespaces, and all that runs in them."""

    def __init__(self):
        self._keeper = subprocess.Popen(
            ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
            + ["sh", "-ec", f"{FRESH}; echo ready; exec sleep infinity"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._keeper.stdout.readline() == "ready\n"
        keeper = self._keeper.pid
        (self._inside,) = Path(f"/proc/{keeper}/task/{keeper}/children").read_text().split()

    def command(self, line, user):
        """What runs the line in a login shell of this user, at the top of the checkout."""
        path = ["/usr/local/bin", "/usr/bin", "/bin"]
        enter = ["nsenter", "--target", self._inside, "--mount", "--net", "--pid", f"--wd={SOURCE}"]
        environment = ["LANG=C.UTF-8", "HOME=/tmp"]
        if user == "root":
            path += ["/usr/local/sbin", "/usr/sbin", "/sbin"]
        else:
            self.make_runtime_folder()
            enter += ["setpriv", f"--reuid={NOBODY.pw_uid}", f"--regid={NOBODY.pw_gid}", "--clear-groups"]
            environment.append(f"XDG_RUNTIME_DIR=/run/user/{NOBODY.pw_uid}")
        return [*enter, "env", "-i", f"PATH={':'.join(path)}", *environment, "sh", "-ec", line]

    def make_runtime_folder(self):
        """As pam_systemd does at a login."""
        folder = f"/run/user/{NOBODY.pw_uid}"
        script = f"mkdir -p {folder}; chmod 700 {folder}; chown {NOBODY.pw_uid} {folder}"
        subprocess.run(self.command(script, "root"), check=True)

    def run(self, line, user="root", timeout=1500):
        done = subprocess.run(
            self.command(line, user),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert done.returncode == 0, f"{user}: {line}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout

    @contextlib.contextmanager
    def running(self, line, user="root"):
        """The line while it goes on; yields what tells its output so far. Ended with Ctrl-C, and well."""
        read, write = os.pipe()
        os.set_blocking(read, False)
        process = subprocess.Popen(
            self.command(f"exec {line}", user),
            stdin=subprocess.DEVNULL,
            stdout=write,
            stderr=write,
            start_new_session=True,
        )
        os.close(write)
        seen = b""

        def output():
            nonlocal seen
            with contextlib.suppress(BlockingIOError):
                while block := os.read(read, 65536):
                    seen += block
            assert process.poll() is None, f"{user}: {line}: {process.returncode}\n{seen.decode()}"
            return seen.decode()

        try:
            yield output
            output()
            interrupt_inside(process.pid)
            assert process.wait(60) in (0, -signal.SIGINT, 130), seen.decode()
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            os.close(read)

    def close(self):
        self._keeper.kill()
        self._keeper.wait()


@pytest.fixture(scope="module")
def host():
    made = FreshHost()
    yield made
    made.close()


@pytest.fixture(scope="module")
def quickstarted(host):
    """The host after its first command, which shows the daemon at work until Ctrl-C."""
    quickstart = block("Start")[0]
    assert quickstart == "packaging/quickstart"
    with host.running(quickstart) as output:
        eventually(lambda: "200 OK" in output() and "ACC/S" in output(), "it to be shown at work", 1500)
    return host


def block(heading, number=0):
    return [commands for name, commands in readme.blocks() if name == heading][number]


def test_every_command_is_of_a_kind_that_is_run_here_or_by_test_package():
    lines = [line for _, commands in readme.blocks() for line in commands]
    assert len(lines) > 8
    assert [line for line in lines if not line.startswith(readme.PROGRAMS)] == []
    run_here = {*block("Start"), *block("Server mode"), *block("Server mode", 1), *block("Proxy mode")}
    assert set(lines) - run_here == set(lines) & set(readme.commands_of_the_service())


def test_both_programs_are_found_after_quickstart_and_gone_when_that_is_asked_for(quickstarted):
    for user in ("root", "nobody"):
        assert quickstarted.run("demo-server --version; democtl --help", user)
    quickstarted.run("packaging/quickstart --remove")
    quickstarted.run("! command -v demo-server && ! command -v democtl")
    quickstarted.run("packaging/quickstart --detach && packaging/quickstart --stop")
    assert quickstarted.run("command -v demo-server") == "/usr/local/bin/demo-server\n"


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_server_mode(quickstarted, user):
    (serve,), others = block("Server mode"), block("Server mode", 1)
    (curl,) = [text for heading, text in readme.inline() if heading == "Server mode"]
    with quickstarted.running(serve, user) as log:
        eventually(lambda: log().count(" accepts") >= 2, "the workers")
        for line in others:
            if line.startswith(ENDLESS):
                with quickstarted.running(line, user) as output:
                    eventually(lambda: "ACC/S" in output() and output().count("\n") > 1, "two rows", 30)
            else:
                quickstarted.run(line, user)
        assert len(quickstarted.run(curl, user)) == 20 * 1024


@pytest.mark.parametrize("user", ["root", "nobody"])
def test_proxy_mode(quickstarted, user):
    (forward,) = block("Proxy mode")
    with quickstarted.running(forward, user) as log:
        eventually(lambda: " accepts" in log(), "a worker")
        assert "10.0.0.4:80" in quickstarted.run("democtl backends", user)


def test_what_builds_and_tests_everything_is_there(host):
    for line in [*block("Start")[1:], *(text for heading, text in readme.inline() if heading == "Start")]:
        assert os.access(SOURCE / line.split()[0], os.X_OK), line
        assert host.run(f"{line} --help").startswith("usage: "), line
