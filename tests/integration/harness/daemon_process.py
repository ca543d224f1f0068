"""A real demo-server under test: on ports of the kernel's choice, stopped by process id, its log kept."""

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path

import grpc
import proc_facts
from control_api import ControlApi, enum
from waiting import PATIENCE, eventually

BUILD = Path(os.environ.get("DEMO_BUILD_DIR", Path(__file__).resolve().parents[3] / "build" / "release"))
SERVER = BUILD / "daemon" / "demo-server"
DEMOCTL = Path(os.environ.get("DEMO_TEST_DEMOCTL") or BUILD / "ctl" / "democtl")

SANITIZER_MARKS = (
    "ERROR: AddressSanitizer",
    "runtime error:",
    "WARNING: ThreadSanitizer",
    "ERROR: LeakSanitizer",
)


class Daemon:
    """One supervisor and its workers, with a folder of their own for sockets, state and log."""

    def __init__(self, folder=None):
        self._owns_folder = folder is None
        self.folder = Path(folder or tempfile.mkdtemp(prefix="demo-"))
        self.program = SERVER
        self.control_path = self.folder / "control.sock"
        self.log_path = self.folder / "log"
        self.process = None
        self.api = None

    def start(
        self,
        *arguments,
        listen=("127.0.0.1:0",),
        workers=1,
        environment=None,
        wait=True,
        stderr=None,
        user=None,
        started_by=(),
        pass_fds=(),
    ):
        """Starts it; arguments come after the ones that every test needs. listen=() passes no --listen,
        workers=0 no --workers.

        stderr: a descriptor that takes the log instead of the file. user: the uid that it runs as.
        started_by: a command that becomes the daemon, with the descriptors of pass_fds open.
        """
        command = [str(self.program), "--control", f"unix://{self.control_path}"]
        if workers:
            command += ["--workers", str(workers)]
        if listen:
            command += ["--listen", *listen]
        command += [str(argument) for argument in arguments]
        self.command = command
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*started_by, *command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log if stderr is None else stderr,
                cwd=self.folder,
                env={**os.environ, **(environment or {})},
                user=user,
                pass_fds=pass_fds,
            )
        if wait:
            self.wait_ready()
        return self

    def wait_ready(self):
        """Waits until every worker accepts; fails at once when the daemon ends instead."""

        def check_alive():
            code = self.process.poll()
            if code is not None:
                raise RuntimeError(f"demo-server ended with {code}:\n{self.log()}")

        def listening():
            # A gRPC channel whose first attempt fails waits for seconds before the next one.
            check_alive()
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
                probe.connect(str(self.control_path))
                return True

        def ready():
            check_alive()
            try:
                status = self.connect().monitor.GetStatus(timeout=5.0)
            except grpc.RpcError as error:
                raise AssertionError(str(error.code())) from None
            return status.workers_ready == status.workers and status.workers

        eventually(listening, "the control socket to listen")
        eventually(ready, "all workers to be ready")

    def connect(self):
        if self.api is None:
            self.api = ControlApi(self.control_path)
        return self.api

    @property
    def control(self):
        return self.connect().control

    @property
    def monitor(self):
        return self.connect().monitor

    @property
    def pid(self):
        return self.process.pid

    def addresses(self):
        """(host, port) of every IPv4 listener as bound, or the path of a unix one, in their order."""
        found = []
        for listener in self.monitor.ListListeners().listeners:
            text = listener.bound_address
            if text.startswith("unix:"):
                found.append(text.removeprefix("unix:"))
            else:
                host, port = text.rsplit(":", 1)
                found.append((host.strip("[]"), int(port)))
        return found

    @property
    def address(self):
        return self.addresses()[0]

    @property
    def url(self):
        return "http://%s:%d/" % self.address

    def workers(self):
        return list(self.monitor.ListWorkers().workers)

    def worker_pids(self):
        return [worker.pid for worker in self.workers()]

    def wait_worker(self, index, condition, what):
        """The report of a worker once condition(report) holds."""

        def fulfilled():
            for worker in self.workers():
                if worker.worker == index and condition(worker):
                    return worker
            return None

        return eventually(fulfilled, what)

    def wait_respawned(self, index, old_pid):
        ready = enum("WorkerState").Value("WORKER_STATE_READY")
        return self.wait_worker(
            index, lambda w: w.pid not in (0, old_pid) and w.state == ready, f"worker {index} to be back"
        )

    def totals(self):
        """Figures of the workers, summed: totals()["requests"]."""
        sample = self.monitor.GetStats().sample
        sums = {}
        for worker in sample.workers:
            for field, value in worker.figures.ListFields():
                if isinstance(value, int):
                    sums[field.name] = sums.get(field.name, 0) + value
        return sums

    def democtl(self, *arguments, check=True, timeout=60.0, target=None):
        """Runs democtl against this daemon; a CompletedProcess with text."""
        command = [str(DEMOCTL), "--target", target or f"unix://{self.control_path}", *map(str, arguments)]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            check=False,
            timeout=timeout * PATIENCE,
        )
        if check:
            assert done.returncode == 0, f"{' '.join(command)}: {done.returncode}\n{done.stdout}{done.stderr}"
        return done

    def democtl_json(self, *arguments):
        return json.loads(self.democtl(*arguments, "-o", "json").stdout)

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def signal(self, number):
        os.kill(self.pid, number)

    def wait(self, seconds=45.0):
        """The exit status once it ends."""
        return self.process.wait(timeout=seconds * PATIENCE)

    def stop(self):
        """Asks it to end and checks that it left well: exit 0, no worker left, no sanitizer report."""
        if self.process is None:
            return
        pids = proc_facts.children(self.pid) if self.process.poll() is None else []
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            code = self.wait()
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"demo-server did not end after SIGTERM:\n{self.log()}") from None
        self.process = None
        self.close_api()
        eventually(lambda: not any(proc_facts.is_alive(pid) for pid in pids), "the workers to be gone")
        assert code == 0, f"exit status {code}:\n{self.log()}"

    def kill(self):
        """Ends supervisor and workers at once, whatever state they are in."""
        if self.process is None:
            return
        pids = proc_facts.children(self.pid) if self.process.poll() is None else []
        self.process.kill()
        self.process.wait()
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        self.process = None
        self.close_api()

    def kill_supervisor(self):
        """Ends the supervisor alone; its workers find out by themselves. Returns their process ids."""
        pids = proc_facts.children(self.pid)
        self.leave_workers(signal.SIGKILL)
        # A client that met the dead socket would wait before it tries again.
        self.control_path.unlink()
        return pids

    def leave_workers(self, number, *killed):
        """Ends the supervisor alone by this signal, together with these processes; its exit status."""
        for pid in killed:
            os.kill(pid, signal.SIGKILL)
        self.signal(number)
        code = self.wait()
        self.process = None
        self.close_api()
        return code

    def close_api(self):
        if self.api is not None:
            self.api.close()
            self.api = None

    def check_log(self):
        for mark in SANITIZER_MARKS:
            assert mark not in self.log(), self.log()

    def remove(self):
        if self._owns_folder:
            shutil.rmtree(self.folder, ignore_errors=True)
