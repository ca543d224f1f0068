"""What the command line promises, and what it says when it cannot."""

import os
import re
import socket
import subprocess
import tempfile

import proc_facts
import pytest
from daemon_process import SERVER
from ports import free_address, text
from programs import run
from raw_client import RawClient, get
from waiting import PATIENCE, eventually

CORES = sorted(os.sched_getaffinity(0))


def outcome_of(*command):
    """The exit status of a program that ends by itself, and what it said."""
    done = run(*command)
    return done.returncode, (done.stdout + done.stderr).strip()


def run_refused(*arguments, prefix=()):
    """Runs a daemon that must refuse to start; its exit status and what it said."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        os.chmod(folder, 0o777)  # some run as another user
        return outcome_of(*prefix, SERVER, "--control", f"unix://{folder}/control.sock", *arguments)


def check_one_sentence(text, *parts):
    assert text and len(text.splitlines()) == 1, text
    for part in parts:
        assert part in text, f"{part!r} is not in: {text}"


def test_several_addresses_after_one_flag_and_repeated_flags(start_daemon):
    daemon = start_daemon("-a", "127.0.0.3:0", "-a", "127.0.0.4:0", listen=("127.0.0.1:0", "127.0.0.2:0"))
    addresses = daemon.addresses()
    assert len(set(addresses)) == 4
    for address in addresses:
        assert get(address).status == 200


def test_example_with_workers_listeners_backends_keepalive_and_verbose(start_daemon, new_backend):
    backends = [new_backend(), new_backend()]
    daemon = start_daemon(
        "-x",
        backends[0].text,
        backends[1].text,
        "-k",
        "-v",
        listen=("127.0.0.1:0", "127.0.0.2:0"),
        workers=min(2, len(CORES)),
    )
    for address in daemon.addresses():
        with RawClient(address) as client:
            for _ in range(4):
                client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
                assert client.read_response().body == b"backend\n"
    assert all(backend.accepted > 0 for backend in backends)
    assert len(daemon.worker_pids()) == min(2, len(CORES))
    eventually(lambda: re.search(r"Request/s", daemon.log()), "a verbose line")


def test_keepalive_is_off_unless_asked_for(start_daemon):
    daemon = start_daemon()
    with RawClient(daemon.address) as client:
        client.send("GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        response = client.read_response()
        assert response.get("Connection") == "close"
        assert client.at_end()


def test_workers_are_pinned_from_the_start_core(start_daemon):
    daemon = start_daemon("-c", str(CORES[-1]))
    worker = daemon.workers()[0]
    assert worker.core == CORES[-1]
    assert proc_facts.affinity(worker.pid) == {CORES[-1]}


def test_one_worker_a_core_by_default(start_daemon):
    daemon = start_daemon(workers=len(CORES))
    by_default = start_daemon("-c", "0", workers=len(CORES))
    assert len(daemon.workers()) == len(by_default.workers()) == len(CORES)
    assert [proc_facts.affinity(pid) for pid in daemon.worker_pids()] == [{core} for core in CORES]


def test_log_file_takes_the_log(start_daemon, new_daemon):
    daemon = new_daemon()
    own = daemon.folder / "own.log"
    daemon.start("-o", own, "-d")
    get(daemon.address)
    eventually(lambda: own.stat().st_size > 0, "lines in the log file")
    daemon.stop()
    assert "worker" in own.read_text()


def test_verbose_prints_requests_and_events_of_each_second(start_daemon):
    daemon = start_daemon("-v")

    def line_with_requests():
        get(daemon.address)
        return re.search(r"Request/s\D*[1-9]", daemon.log())

    eventually(line_with_requests, "a second with requests")
    for word in ("empty", "last", "min", "max", "average", "accept", "read", "write"):
        assert re.search(rf"\b{word}", daemon.log()), f"{word} is missing:\n{daemon.log()}"


def test_version_and_help_exit_0():
    for flag in ("--version", "--help"):
        code, said = run_refused(flag)
        assert code == 0 and said


def test_check_config_tells_good_from_bad(tmp_path):
    good = tmp_path / "good.toml"
    good.write_text('[[listener]]\naddress = "127.0.0.1:0"\n')
    assert run_refused("--check-config", "--config", str(good))[0] == 0
    bad = tmp_path / "bad.toml"
    bad.write_text('[[listener]]\naddress = "nonsense"\n')
    code, said = run_refused("--check-config", "--config", str(bad))
    assert code == 2
    assert "nonsense" in said and "2" in said


def judge(folder, *flags, check):
    """What a start, or --check-config, says of flags that it refuses; everything it makes is taken away."""
    given = flags if "--control" in flags else ("--control", f"unix://{folder}/control.sock", *flags)
    return outcome_of(SERVER, "-a", "127.0.0.1:0", *given, *(["--check-config"] if check else []))


def contents(folder):
    return sorted((str(path), path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "flags, why",
    [
        (["--state-dir", "FOLDER/nope"], "cannot open the state directory"),
        (["--state-dir", "FOLDER/plain"], "cannot open the state directory"),
        (["-o", "FOLDER/nope/log"], "cannot write the log file"),
        (["-o", "FOLDER"], "cannot write the log file"),
        (["--control", "unix://FOLDER/plain"], "no socket"),
        (["--control", "unix://FOLDER/no/such/control.sock"], "cannot make the folder"),
        (["--control", "unix://FOLDER/plain/control.sock"], "control socket"),
        (["--control", "unix:///" + "x" * 200], "at most 107 bytes"),
    ],
)
def test_check_config_refuses_the_files_that_a_start_refuses(tmp_path, flags, why):
    (tmp_path / "plain").write_text("no socket")
    flags = [flag.replace("FOLDER", str(tmp_path)) for flag in flags]
    before = contents(tmp_path)
    code, checked = judge(tmp_path, *flags, check=True)
    assert code == 2 and why in checked
    assert contents(tmp_path) == before
    code, started = judge(tmp_path, *flags, check=False)
    assert code == 1 and started == checked


def test_check_config_takes_the_files_that_a_start_takes_and_leaves_them(tmp_path):
    state = tmp_path / "state"
    state.mkdir()
    (state / "state.json.new").write_text("remains of a save")
    (tmp_path / "log").write_text("kept\n")
    before = contents(tmp_path)
    for flags in (
        ["--state-dir", str(state), "-o", f"{tmp_path}/log"],
        ["-o", f"{tmp_path}/new"],
        ["--control", f"unix://{tmp_path}/new/control.sock"],
        ["--control", f"unix://{tmp_path}/control.sock"],
    ):
        code, said = judge(tmp_path, *flags, check=True)
        assert code == 0, said
    assert contents(tmp_path) == before


def test_check_config_is_content_with_what_a_running_daemon_holds(start_daemon, tmp_path):
    daemon = start_daemon("--state-dir", str(tmp_path))
    held = ["--state-dir", str(tmp_path), "--control", f"unix://{daemon.control_path}"]
    code, said = judge(tmp_path, *held, check=True)
    assert code == 0, said


def test_check_config_tells_all_that_is_wrong_with_the_files(tmp_path):
    code, said = judge(tmp_path, "--state-dir", f"{tmp_path}/a", "-o", f"{tmp_path}/b/c", check=True)
    assert code == 2
    assert "log file" in said and "state directory" in said


def test_check_config_says_what_the_start_says_of_control_over_tcp(tmp_path, certificates):
    plain = "--insecure-everyone-on-this-host-is-admin"
    no_pem = tmp_path / "no.pem"
    no_pem.write_text("nothing")
    server = certificates / "server.pem"
    unreadable = tmp_path / "loop.key"
    unreadable.symlink_to(unreadable)

    def tls(certificate, key=no_pem, authority=no_pem):
        files = zip(("certificate", "key", "client-ca"), (certificate, key, authority), strict=True)
        return [word for name, path in files for word in (f"--tls-{name}", str(path))]

    refused = [
        ([], "--tls-certificate is missing: --control-tcp needs --tls-certificate, --tls-key and "),
        (tls(server)[:2], "--tls-key is missing: --control-tcp needs"),
        (tls(server)[2:], "--tls-certificate is missing: --control-tcp needs"),
        (tls(server, server.with_suffix(".key"))[:4], "--tls-client-ca is missing: --control-tcp needs"),
        (tls(server, tmp_path), f'--tls-key "{tmp_path}": '),
        (tls(server, unreadable), f'--tls-key "{unreadable}": '),
        (tls(tmp_path / "absent"), "absent"),
        (tls(no_pem), "has no PEM certificate"),
        (tls(server), "has no PEM private key"),
        (tls(server, certificates / "admin.key"), f"belong to the certificate \"{server}\""),
        (tls(server, server.with_suffix(".key")), f"client-ca \"{no_pem}\": it has no PEM certificate"),
    ]
    for flags, why in refused:
        asked = ("--control-tcp", "127.0.0.1:0", *flags)
        code, said = run_refused("--check-config", *asked)
        assert code == 2 and why in said and len(said.splitlines()) == 1, said
        assert why in run_refused(*asked)[1]
    code, said = run_refused("--check-config", "--control-tcp", "0.0.0.0:1", plain)
    assert code == 2 and "loopback" in said
    assert run_refused("--check-config", "--control-tcp", "127.0.0.1:0", plain)[0] == 0


@pytest.mark.parametrize(
    "arguments, parts",
    [
        (["-a", "1.2.3.4"], ["1.2.3.4"]),
        (["-a", "127.0.0.1:99999"], ["127.0.0.1:99999"]),
        (["-x", "10.0.0.300:80", "-a", "127.0.0.1:0"], ["10.0.0.300:80"]),
        (["-w", "0", "-a", "127.0.0.1:0"], ["0"]),
        (["-w", "9999", "-a", "127.0.0.1:0"], ["9999"]),
        (["-c", "4000", "-a", "127.0.0.1:0"], ["4000"]),
        (["--accept-mode", "sideways", "-a", "127.0.0.1:0"], ["sideways"]),
        (["-a", b"unix:/tmp/caf\xe9.sock"], [r"unix:/tmp/caf\xe9.sock", "a unix path must be UTF-8"]),
        (["-x", b"unix:/tmp/caf\xe9.sock", "-a", "127.0.0.1:0"], ["a unix path must be UTF-8"]),
        (["--config", "/nonexistent/file.toml"], ["/nonexistent/file.toml"]),
    ],
)
def test_bad_values_are_one_sentence_with_status_2(arguments, parts):
    code, said = run_refused(*arguments)
    assert code == 2, said
    check_one_sentence(said, *parts)


def test_busy_port_is_one_sentence_with_status_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "127.0.0.1:%d" % taken.getsockname()[1]
        code, said = run_refused("-a", address)
        assert code == 1, said
        check_one_sentence(said, address)


def test_port_without_rights_is_one_sentence_with_status_1():
    if os.getuid() != 0:
        prefix = ()
    else:
        prefix = (
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all",
            "--bounding-set=-all",
        )
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as limit:
        if int(limit.read()) <= 79:
            pytest.skip("this kernel lets everybody bind port 79")
    code, said = run_refused("-a", "127.0.0.1:79", prefix=prefix)
    assert code == 1, said
    check_one_sentence(said, "127.0.0.1:79")


@pytest.mark.skipif(os.getuid() != 0, reason="needs a user who runs nothing else")
def test_start_without_room_for_threads_is_one_sentence_with_status_1():
    identity = ("--reuid=64977", "--regid=64977", "--clear-groups", "--inh-caps=-all", "--bounding-set=-all")
    # In sanitizer builds: who looks for leaks at the end takes a thread too.
    no_leaks = ("env", "ASAN_OPTIONS=detect_leaks=0")
    for threads in range(1, 15):
        limited = (*no_leaks, "prlimit", f"--nproc={threads}", "setpriv", *identity)
        code, said = run_refused("-a", "127.0.0.1:0", prefix=limited)
        assert code == 1, (threads, said)
        check_one_sentence(said, "cannot serve the control API")


def test_refused_start_leaves_nothing_running(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        second = free_address()
        process = subprocess.Popen(
            [
                str(SERVER),
                "--control",
                f"unix://{tmp_path}/control.sock",
                "-a",
                text(second),
                "127.0.0.1:%d" % taken.getsockname()[1],
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        assert process.wait(30 * PATIENCE) == 1
        session = process.pid

        def nobody_left():
            alive = [int(p) for p in os.listdir("/proc") if p.isdigit() and proc_facts.is_alive(int(p))]
            return not any((proc_facts.stat_fields(p) or ["", "", "", ""])[3] == str(session) for p in alive)

        eventually(nobody_left, "the workers of the refused daemon to be gone")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(second, timeout=5)
