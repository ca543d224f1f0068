"""A minimal Debian root, made once and kept in the build folder, and systemd booted in it as PID 1."""

import hashlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

SUITE = "bookworm"
INSIDE = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "SYSTEMD_PAGER=cat"]


def make_root(folder, packages):
    """The root with these packages below folder; made anew only when the list changed."""
    names = ["systemd", "systemd-sysv", "dbus", "iproute2", "procps", "curl", *packages]
    digest = hashlib.sha256(" ".join(sorted(names)).encode()).hexdigest()[:16]
    root = Path(folder) / f"root-{digest}"
    if not (root / "etc/os-release").exists():
        for old in Path(folder).glob("root-*"):
            shutil.rmtree(old)
        Path(folder).mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix="unfinished-", dir=folder))
        unfinished.chmod(0o755)
        made = subprocess.run(
            ["mmdebstrap", "--variant=minbase", f"--include={','.join(names)}", SUITE, str(unfinished)],
            capture_output=True,
            text=True,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        if made.returncode != 0:
            shutil.rmtree(unfinished)
            raise AssertionError(made.stderr[-3000:])
        unfinished.rename(root)
    return root


def own_cgroups(name):
    """A folder of our own in every control group hierarchy, below the one we are in."""
    made = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            bases = ["/sys/fs/cgroup/unified", "/sys/fs/cgroup"]
        elif controllers == "cpuset":
            continue  # a fresh cpuset is empty and holds no process
        else:
            bases = [f"/sys/fs/cgroup/{controllers.removeprefix('name=')}"]
        for base in bases:
            if os.path.exists(f"{base}/cgroup.procs"):
                group = Path(base + path.rstrip("/")) / name
                try:
                    group.mkdir(exist_ok=True)
                    made.append(group)
                except OSError:
                    pass  # not ours to divide: the container shares the group we are in
                break
    return made


class BootedRoot:
    """systemd running in a root whose changes are thrown away. Owns the container and its control groups."""

    def __init__(self, root, binds=()):
        self.name = f"demo-{os.getpid()}"
        self._folder = Path(tempfile.mkdtemp(prefix="demo-boot-"))
        self._groups = own_cgroups(self.name)
        command = [
            "systemd-nspawn",
            "-q",
            "-D",
            str(root),
            "-M",
            self.name,
            "--boot",
            "--register=no",
            "--keep-unit",
            "--private-network",
            "--volatile=overlay",
            "--console=pipe",
            "--kill-signal=SIGRTMIN+4",
            # What workers confine themselves with, and what it does not let in by itself.
            "--system-call-filter=seccomp landlock_create_ruleset landlock_restrict_self",
            *(f"--bind-ro={source}:{target}" for source, target in binds),
        ]

        def enter_groups():
            for group in self._groups:
                try:
                    (group / "cgroup.procs").write_text(str(os.getpid()))
                except OSError:
                    pass

        with open(self._folder / "console", "wb") as console:
            self._container = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                start_new_session=True,
                preexec_fn=enter_groups,
            )
        try:
            self._leader = self._wait_booted()
            self.run("ip", "link", "set", "lo", "up")
        except BaseException:
            self.close()
            raise

    def _wait_booted(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self._container.poll() is None, self.console()
            leader = subprocess.run(
                ["pgrep", "-P", str(self._container.pid)], capture_output=True, text=True, check=False
            ).stdout.split()
            if leader:
                state = subprocess.run(
                    ["nsenter", "-t", leader[0], "-a", *INSIDE, "systemctl", "is-system-running", "--wait"],
                    capture_output=True,
                    text=True,
                    check=False,
                    timeout=60,
                )
                if state.stdout.strip() in ("running", "degraded"):
                    return leader[0]
            time.sleep(0.05)
        raise AssertionError(f"systemd did not boot:\n{self.console()}")

    def console(self):
        return (self._folder / "console").read_text(errors="replace")[-4000:]

    def run(self, *command, check=True, timeout=180):
        """Runs a command inside as root; a CompletedProcess with text, standard error included."""
        done = subprocess.run(
            ["nsenter", "-t", self._leader, "-a", *INSIDE, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=timeout,
        )
        if check:
            assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}"
        return done

    def shell(self, script, check=True, timeout=180):
        return self.run("sh", "-ec", script, check=check, timeout=timeout)

    def put(self, file):
        """Copies a file of this host into the machine; its path there."""
        path = f"/root/{Path(file).name}"
        shutil.copy(file, f"/proc/{self._leader}/root{path}")
        return path

    def beside(self, *command):
        """A program of this host in the machine's network, with pipes of text; the caller ends it."""
        return subprocess.Popen(
            ["nsenter", "-t", self._leader, "-n", *command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self):
        if self._container.poll() is None:
            self._container.send_signal(signal.SIGTERM)
            try:
                self._container.wait(30)
            except subprocess.TimeoutExpired:
                self._container.kill()
                self._container.wait()
        for group in self._groups:
            for folder, _, _ in os.walk(group, topdown=False):
                try:
                    os.rmdir(folder)
                except OSError:
                    pass
        shutil.rmtree(self._folder, ignore_errors=True)
