"""The Debian package where systemd is PID 1: installed, steered, killed, restarted, purged."""

import contextlib
import re
import subprocess

import pytest
from installed_service import journal, main_pid, restart_anyway, wait_answering, worker_pids
from readme import commands_of_the_service
from waiting import eventually


def test_lintian_has_nothing_to_say(package):
    done = subprocess.run(
        [
            "lintian",
            "-I",
            "--pedantic",
            "--allow-root",
            "--fail-on",
            "error,warning,info,pedantic",
            # Spells words out of bytes of programs that only look like text.
            "--suppress-tags",
            "spelling-error-in-binary",
            str(package),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_package_holds_what_users_rely_on(package):
    names = subprocess.run(
        ["dpkg-deb", "-c", str(package)], capture_output=True, text=True, check=True
    ).stdout
    for path in (
        "/usr/sbin/demo-server",
        "/usr/libexec/demo-server/demo-server-worker",
        "/usr/libexec/demo-server/announce-restart",
        "/usr/libexec/demo-server/pass-sock-diag",
        "/usr/bin/democtl",
        "/etc/demo-server/demo-server.toml",
        "/lib/systemd/system/demo-server.service",
        "/lib/systemd/system/demo-server.socket",
        "/usr/share/demo-server/by-socket.conf",
        "/usr/lib/sysusers.d/demo-server.conf",
        "/usr/share/man/man8/demo-server.8.gz",
        "/usr/share/man/man5/demo-server.toml.5.gz",
        "/usr/share/man/man1/democtl.1.gz",
        "/usr/share/bash-completion/completions/democtl",
        "/usr/share/zsh/vendor-completions/_democtl",
        "/usr/share/fish/vendor_completions.d/democtl.fish",
    ):
        assert f".{path}\n" in names, f"{path} is missing from:\n{names}"


def test_service_runs_after_the_installation(machine):
    assert machine.run("systemctl", "is-active", "demo-server").stdout.strip() == "active"
    assert machine.run("systemctl", "is-enabled", "demo-server").stdout.strip() == "enabled"
    wait_answering(machine)
    owner = machine.run("ps", "-o", "user=", "-p", main_pid(machine)).stdout.strip()
    assert owner.startswith("demo-ser")
    assert machine.run("systemctl", "show", "-P", "StatusText", "demo-server").stdout.strip()


def test_start_means_that_workers_accept(machine):
    """No retry here: READY was promised only for accepting workers."""
    machine.run("systemctl", "stop", "demo-server")
    assert machine.run("systemctl", "is-active", "demo-server", check=False).stdout.strip() == "inactive"
    machine.shell("systemctl start demo-server && curl -sf http://127.0.0.1:80/ >/dev/null")


def test_democtl_steers_and_watches(machine):
    machine.run("democtl", "add-listener", "127.0.0.1:9000", "--mode", "server")
    machine.run("democtl", "add-backend", "127.0.0.1:9000")
    assert "127.0.0.1:9000" in machine.run("democtl", "backends").stdout
    machine.run("curl", "-sf", "http://127.0.0.1:80/")
    assert "127.0.0.1:9000" in machine.run("democtl", "stats").stdout
    machine.run("democtl", "remove-backend", "127.0.0.1:9000")
    # Port 80 has forwarded: it goes on to until it is told otherwise.
    assert "503" in machine.run("curl", "-si", "http://127.0.0.1:80/").stdout
    machine.run("democtl", "set-listener", "0.0.0.0:80", "--mode", "server")
    machine.run("curl", "-sf", "http://127.0.0.1:80/")


def test_changes_survive_a_restart_and_the_kill_of_the_supervisor(machine):
    machine.run("democtl", "add-listener", "127.0.0.1:9001", "--mode", "server")
    machine.run("systemctl", "restart", "demo-server")
    machine.run("curl", "-sf", "http://127.0.0.1:9001/")
    old = main_pid(machine)
    machine.run("kill", "-9", old)
    eventually(lambda: main_pid(machine) not in ("0", old), "a new supervisor", seconds=30)
    eventually(
        lambda: machine.run("systemctl", "is-active", "demo-server", check=False).stdout.strip() == "active",
        "the service to be active again",
        seconds=60,
    )
    machine.run("curl", "-sf", "http://127.0.0.1:9001/")


def test_reload_returns_when_the_file_is_in_force(machine):
    machine.shell(
        """printf '\\n[[listener]]\\naddress = "127.0.0.1:9002"\\n' >>/etc/demo-server/demo-server.toml
           systemctl reload demo-server
           curl -sf http://127.0.0.1:9002/ >/dev/null"""
    )


def test_reload_of_a_bad_file_fails_and_changes_nothing(machine):
    machine.shell(
        """cp /etc/demo-server/demo-server.toml /root/good.toml
                     echo 'nonsense = true' >>/etc/demo-server/demo-server.toml"""
    )
    done = machine.run("systemctl", "reload", "demo-server", check=False)
    machine.run("cp", "/root/good.toml", "/etc/demo-server/demo-server.toml")
    assert done.returncode != 0
    assert machine.run("systemctl", "is-active", "demo-server").stdout.strip() == "active"
    assert "nonsense" in journal(machine)
    wait_answering(machine)


def test_killed_worker_is_respawned_and_logged(machine):
    supervisor = main_pid(machine)
    old = worker_pids(machine)
    machine.run("kill", "-9", old[0])
    eventually(lambda: len(set(worker_pids(machine)) - set(old)) == 1, "a new worker")
    wait_answering(machine)
    assert main_pid(machine) == supervisor
    assert "SIGKILL" in journal(machine)


def test_however_often_it_dies_the_service_comes_back(machine):
    for _ in range(7):  # more often than systemd's own limit would let it
        old = main_pid(machine)
        machine.run("kill", "-9", old)
        eventually(lambda: main_pid(machine) not in ("0", old), "a new supervisor", seconds=30)
    wait_answering(machine)


def served(machine, *addresses):
    """The service with listeners on these addresses alone, just started."""
    listeners = "".join(f'[[listener]]\naddress = "{address}"\n' for address in addresses)
    machine.shell(
        f"systemctl stop demo-server; rm -f /var/lib/demo-server/state.json\n"
        f"cat >/etc/demo-server/demo-server.toml <<'END'\n{listeners}END\n"
        "systemctl start demo-server"
    )


def restarts(machine):
    return machine.run("systemctl", "show", "-P", "NRestarts", "demo-server").stdout.strip()


@pytest.mark.parametrize("lasting", [["127.0.0.1:80"], []], ids=["others", "none"])
def test_an_address_that_comes_late_holds_up_no_start(machine, lasting):
    late = "10.77.0.1:80"
    machine.run("cp", "/etc/demo-server/demo-server.toml", "/root/good.toml")
    try:
        served(machine, *lasting, late)
        for address in lasting:
            machine.run("curl", "-sf", f"http://{address}/")
        told = f"cannot listen on {late}: no network interface has this address"
        eventually(lambda: told in machine.run("democtl", "status").stdout, "the missing address to be named")
        assert re.search(r"^state: +degraded$", machine.run("democtl", "status").stdout, re.MULTILINE)
        old = main_pid(machine)
        machine.run("ip", "address", "add", "10.77.0.1/32", "dev", "lo")
        eventually(
            lambda: machine.run("curl", "-sf", f"http://{late}/", check=False).returncode == 0,
            "the address to be taken up",
        )
        eventually(lambda: "cannot" not in machine.run("democtl", "status").stdout, "status to be good again")
        assert (main_pid(machine), restarts(machine)) == (old, "0")
    finally:
        machine.run("ip", "address", "del", "10.77.0.1/32", "dev", "lo", check=False)
        machine.run("cp", "/root/good.toml", "/etc/demo-server/demo-server.toml")
        machine.shell("systemctl stop demo-server; rm -f /var/lib/demo-server/state.json")
        restart_anyway(machine)


def test_monitor_socket_lets_any_user_look_but_not_steer(machine):
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "democtl"]
    assert "good" in machine.run(*nobody, "status").stdout
    refused = machine.run(*nobody, "keepalive", "on", check=False)
    assert refused.returncode == 7 and "control.sock" in refused.stdout
    assert (
        machine.run(
            *nobody, "--target", "unix:///run/demo-server/monitor.sock", "keepalive", "on", check=False
        ).returncode
        != 0
    )


def test_journal_has_levels_and_no_timestamps_of_its_own(machine):
    lines = machine.run("journalctl", "-u", "demo-server", "-o", "cat", "--no-pager").stdout
    assert lines and "<6>" not in lines
    errors = machine.run("journalctl", "-u", "demo-server", "-p", "err", "-o", "cat", "--no-pager").stdout
    assert len(errors) < len(lines)


@contextlib.contextmanager
def bad_file(machine):
    """The service's file is none, and nothing is saved beside it; afterwards it is as it was."""
    machine.shell(
        "cp /etc/demo-server/demo-server.toml /root/good.toml; "
        "echo 'listener = 7' >/etc/demo-server/demo-server.toml; "
        "rm -f /var/lib/demo-server/state.json"
    )
    try:
        yield
    finally:
        machine.run("cp", "/root/good.toml", "/etc/demo-server/demo-server.toml")


def is_in_state(machine, state):
    return machine.run("systemctl", "is-active", "demo-server", check=False).stdout.strip() == state


def test_bad_file_at_start_fails_for_good_and_says_why(machine):
    machine.run("systemctl", "stop", "demo-server")
    try:
        with bad_file(machine):
            assert machine.run("systemctl", "start", "demo-server", check=False).returncode != 0
            eventually(lambda: is_in_state(machine, "failed"), "the unit to be failed")
            assert "/etc/demo-server/demo-server.toml" in journal(machine)
    finally:
        restart_anyway(machine)


def test_bad_file_at_a_restart_leaves_the_workers_serving_until_it_is_mended(machine):
    wait_answering(machine)
    told = "/etc/demo-server/demo-server.toml:"
    before = journal(machine).count(told)
    try:
        with bad_file(machine):
            machine.run("systemctl", "--no-block", "restart", "demo-server")
            eventually(lambda: journal(machine).count(told) > before + 1, "a second start to be tried")
            wait_answering(machine)
            assert not is_in_state(machine, "active")
        eventually(lambda: is_in_state(machine, "active"), "the unit to have started again")
        wait_answering(machine)
    finally:
        restart_anyway(machine)


def test_what_readme_says_of_the_service_runs_as_written(machine):
    for command in commands_of_the_service():
        machine.shell(command)
    # Port 80 has forwarded, and would go on to.
    machine.shell("systemctl stop demo-server; rm /var/lib/demo-server/state.json")
    restart_anyway(machine)
    wait_answering(machine)


def test_installing_again_keeps_the_edited_file(machine):
    machine.run("dpkg", "-i", "--force-confdef", "--force-confold", "/tmp-package.deb")
    wait_answering(machine)
    assert "9002" in machine.run("cat", "/etc/demo-server/demo-server.toml").stdout


def test_purge_leaves_nothing(machine):
    machine.run("dpkg", "--purge", "demo-server")
    assert worker_pids(machine) == []
    for path in (
        "/usr/sbin/demo-server",
        "/etc/demo-server",
        "/var/lib/demo-server",
        "/run/demo-server",
        "/lib/systemd/system/demo-server.service",
    ):
        assert machine.run("test", "-e", path, check=False).returncode != 0, path
    assert machine.run("systemctl", "is-active", "demo-server", check=False).stdout.strip() == "inactive"
