"""A small stand-in for systemd as service manager: its store of descriptors, restarts and crashes."""

import array
import contextlib
import ctypes
import os
import platform
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter, defaultdict
from pathlib import Path

import placed_descriptors
import proc_facts
from waiting import PATIENCE, eventually

MOST_AT_ONCE = 253  # descriptors of one message: SCM_MAX_FD
LONGEST_NAME = 255  # FDNAME_MAX
RESTART = signal.SIGRTMIN
LEFT = 5  # exit status of a supervisor that another one follows

_LIBC = ctypes.CDLL(None, use_errno=True)
KCMP = {"x86_64": 312, "aarch64": 272}
KCMP_FILE = 0


def is_name(text):
    """Whether systemd takes it for FDNAME=."""
    return 0 < len(text) <= LONGEST_NAME and all(" " <= char < "\x7f" and char != ":" for char in text)


def is_same(first, second):
    """Whether two descriptors are of one open file, kcmp(2)."""
    pid = os.getpid()
    result = _LIBC.syscall(KCMP[platform.machine()], pid, pid, KCMP_FILE, first, second)
    if result < 0:
        raise OSError(ctypes.get_errno(), "kcmp")
    return result == 0


def inode_of(descriptor):
    found = os.fstat(descriptor)
    return found.st_dev, found.st_ino


class Store:
    """Descriptors by name, from the messages of sd_notify(3), as FileDescriptorStoreMax= keeps them.

    Like systemd it drops what poll(2) tells to be hung up or in error, keeps one of several descriptors of
    the same open file, under the first name, and hands them out newest first. What systemd would refuse or
    put up with is told by complaints.
    """

    def __init__(self, limit):
        self.limit = limit
        self.complaints = []
        self.readiness = 0  # how often READY=1 came
        self.stopping = False  # whether STOPPING=1 came
        self.watchdogs = 0
        self.status = ""
        self._entries = {}  # (name, whether it is watched) by descriptor, in the order in which they came
        self._by_name = defaultdict(list)  # their descriptors
        self._by_inode = defaultdict(list)  # the same; several may be of one open file
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="demo-notify-")
        self.path = str(Path(self._folder.name) / "notify")
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(self.path)
        # Tells of hang-ups unasked. Files and memory, which it does not take, have none.
        self._epoll = select.epoll()
        self._epoll.register(self._socket, select.EPOLLIN)
        self._asked, self._reached = 0, 0
        self._turned = threading.Condition(self._lock)
        self._ended = False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self):
        while not self._ended:
            ready = {number for number, _ in self._epoll.poll()}
            if self._socket.fileno() in ready:
                self._receive()
            else:
                with self._lock:
                    self._drop(ready)

    def _receive(self):
        data, control, _, _ = self._socket.recvmsg(
            65536, socket.CMSG_SPACE(MOST_AT_ONCE * array.array("i").itemsize), socket.MSG_CMSG_CLOEXEC
        )
        descriptors = array.array("i")
        for level, kind, content in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                descriptors.frombytes(content[: len(content) - len(content) % descriptors.itemsize])
        with self._lock:
            self._take(data.decode(errors="replace").splitlines(), list(descriptors))

    def _take(self, lines, descriptors):
        fields = dict(line.partition("=")[::2] for line in lines)
        name = fields.get("FDNAME")
        if fields.get("FDSTOREREMOVE") == "1":
            if name is None or not is_name(name):
                self.complaints.append(f"FDSTOREREMOVE=1 with the name {name!r}")
            self._drop(self._by_name[name])
        elif fields.get("FDSTORE") == "1":
            if name is not None and not is_name(name):
                self.complaints.append(f"FDNAME={name!r}")
                name = None
            watched = fields.get("FDPOLL") != "0"
            while descriptors:
                self._keep(name or "stored", descriptors.pop(0), watched)
        self.readiness += fields.get("READY") == "1"
        self.stopping = self.stopping or fields.get("STOPPING") == "1"
        self.watchdogs += fields.get("WATCHDOG") == "1"
        self.status = fields.get("STATUS", self.status)
        if "CLEAR" in fields:
            self._drop(self._entries)
        self._ended = "END" in fields
        if "ASKED" in fields:
            self._reached = int(fields["ASKED"])
            self._turned.notify_all()
        # BARRIER=1 waits for just this.
        for descriptor in descriptors:
            os.close(descriptor)

    def _keep(self, name, descriptor, watched):
        if len(self._entries) >= self.limit:
            self.complaints.append(f"no room for {name}: {self.limit} descriptors are stored")
            os.close(descriptor)
            return
        alike = self._by_inode[inode_of(descriptor)]
        same = [kept for kept in alike if is_same(kept, descriptor)]
        if same:
            others = [self._entries[kept][0] for kept in same]
            self.complaints += [f"{name} is kept already as {other}" for other in others if other != name]
            os.close(descriptor)
            return
        alike.append(descriptor)
        self._by_name[name].append(descriptor)
        self._entries[descriptor] = (name, watched and self._watch(descriptor))

    def _watch(self, descriptor):
        """Whether it can be watched."""
        try:
            self._epoll.register(descriptor, 0)
        except PermissionError:
            return False
        return True

    def _drop(self, descriptors):
        for descriptor in list(descriptors):
            name, watched = self._entries.pop(descriptor)
            self._by_name[name].remove(descriptor)
            self._by_inode[inode_of(descriptor)].remove(descriptor)
            if watched:
                self._epoll.unregister(descriptor)
            os.close(descriptor)

    def settle(self, *words):
        """Returns when everything that was sent before has been taken, and these words too."""
        with self._turned:
            self._asked += 1
            asked = self._asked
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.sendto("\n".join([f"ASKED={asked}", *words]).encode(), self.path)
        with self._turned:
            reached = self._turned.wait_for(lambda: self._reached >= asked, 20 * PATIENCE)
            assert reached, "the store stands still"

    def handed_out(self):
        """[(name, descriptor)] for the next process, newest first; the descriptors stay the store's."""
        self.settle()
        with self._lock:
            return [(name, descriptor) for descriptor, (name, _) in reversed(self._entries.items())]

    def names_by_now(self):
        """[name] of what has been taken, whatever else is on its way."""
        with self._lock:
            return [name for name, _ in self._entries.values()]

    def names(self):
        """{name: how many descriptors have it}."""
        return Counter(name for name, _ in self.handed_out())

    def kinds(self):
        """{what names begin with before a number: how many}."""
        return Counter(name.rstrip("0123456789") for name, _ in self.handed_out())

    def lose(self, *names):
        """Drops what systemd would not, as a damaged store would."""
        with self._lock:
            self._drop([each for name in names for each in self._by_name[name]])

    def clear(self):
        """What happens to a unit that is stopped or failed."""
        self.settle("CLEAR=1")

    def close(self):
        self.settle("CLEAR=1", "END=1")
        self._thread.join()
        self._socket.close()
        self._epoll.close()
        self._folder.cleanup()


class ManagedDaemon:
    """A daemon whose service manager this is; restart() and crash() hand the store to its next process."""

    def __init__(self, daemon, limit=16384):
        self.daemon = daemon
        self.store = Store(limit)
        self.passed = []  # (name, socket) of a socket unit, which each process gets before the store's
        self.before_start = []  # commands of ExecStartPre=, which may talk to this manager
        self.confined_by = []  # a command that becomes what each process is started by
        self._start = None  # starts it as it was started first

    def start(self, *arguments, environment=None, **options):
        """As Daemon.start(); further processes start with the same arguments."""

        def start(wait=True):
            for command in self.before_start:
                told = {**os.environ, "NOTIFY_SOCKET": self.store.path}
                subprocess.run(command, env=told, check=True, timeout=20 * PATIENCE)
            given = [(name, made.fileno()) for name, made in self.passed] + self.store.handed_out()
            handed = {"NOTIFY_SOCKET": self.store.path, "FDSTORE": str(self.store.limit)}
            handed.update(environment or {})
            step = list(self.confined_by)
            if given:
                numbers = ",".join(str(descriptor) for _, descriptor in given)
                step += [sys.executable, "-ISB", placed_descriptors.__file__, numbers]
                handed["LISTEN_FDS"] = str(len(given))
                handed["LISTEN_FDNAMES"] = ":".join(name for name, _ in given)
            self.daemon.start(
                *arguments,
                environment=handed,
                started_by=step,
                pass_fds=[descriptor for _, descriptor in given],
                wait=wait,
                **options,
            )

        self._start = start
        start()
        return self

    def restart(self):
        """As the unit does at `systemctl restart`: the supervisor leaves at once, its workers go on."""
        code = self.daemon.leave_workers(RESTART)
        assert code == LEFT, f"exit status {code} after SIGRTMIN:\n{self.daemon.log()}"
        self._start()

    def crash(self, *workers, wait=True):
        """Kills the supervisor and these of its workers together, and starts the next one.

        wait: returns when that serves.
        """
        self.die(*workers)
        self._start(wait)

    def die(self, *workers):
        """Kills the supervisor and these of its workers together; nobody follows until start_again()."""
        self.daemon.leave_workers(signal.SIGKILL, *workers)

    def start_again(self):
        self._start()

    def start_failing(self):
        """Starts it without waiting for it to serve."""
        self._start(wait=False)

    def stop(self):
        """As `systemctl stop`: nobody may be left when the supervisor has ended."""
        self.daemon.signal(signal.SIGTERM)
        code = self.daemon.wait()
        left = self.processes()
        self.daemon.process = None
        self.daemon.close_api()
        self.store.clear()
        assert code == 0, f"exit status {code}:\n{self.daemon.log()}"
        assert not left, f"left after the stop: {left}\n{self.daemon.log()}"

    def processes(self):
        """Process ids of everything of the daemon, whoever its parent is: they share its working folder."""
        found = []
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and os.path.samefile(entry / "cwd", self.daemon.folder):
                    found.append(int(entry.name))
        return sorted(pid for pid in found if proc_facts.is_alive(pid))

    def wait_alone(self, count):
        """Until the supervisor has this many workers beside it and all older ones have drained and left."""
        eventually(
            lambda: len(self.processes()) == 1 + count, f"{count} workers alone to be left", seconds=45
        )

    def close(self):
        """Ends everything that was started, in whatever state it is."""
        self.daemon.kill()
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.store.close()
