"""The service under systemd, restarted and killed while clients connect: none of them notices."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from installed_service import journal, main_pid, wait_answering, worker_pids
from paced_service import paced_clients
from waiting import eventually

LONG_BODY = 24_000_000  # bytes, which take a while at the rate of the client
LONG_RATE = "2M"


@pytest.fixture(scope="module")
def service(machine):
    """The machine, with a service that keeps connections."""
    machine.run("democtl", "keepalive", "on")
    wait_answering(machine)
    return machine


def wait_succeeded(machine, old):
    eventually(lambda: main_pid(machine) not in ("0", old), "a new supervisor", seconds=90)
    eventually(
        lambda: machine.run("systemctl", "is-active", "demo-server", check=False).stdout == "active\n",
        "the service to be active",
        seconds=60,
    )


def restart(machine):
    machine.run("systemctl", "restart", "demo-server")


def try_restart_of_all_that_match(machine):
    machine.run("systemctl", "try-restart", "demo-*.service")


def kill(machine):
    machine.run("kill", "-9", main_pid(machine))


def stand_still(machine):
    """Until the watchdog finds it."""
    machine.run("kill", "-STOP", main_pid(machine))
    eventually(lambda: "watchdog" in journal(machine).lower(), "the watchdog to find it", seconds=90)


EVENTS = [restart, try_restart_of_all_that_match, kill, stand_still]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.__name__)
def test_no_client_notices(service, event):
    old = main_pid(service)
    with paced_clients(service, event.__name__):
        event(service)
        wait_succeeded(service, old)
    stored = service.run("systemctl", "show", "-P", "NFileDescriptorStore", "demo-server").stdout
    assert int(stored) > 0


def test_a_request_outlives_three_restarts_and_the_stop_that_follows_leaves_no_process(service):
    service.run("democtl", "set-response", "--body-size", str(LONG_BODY))
    command = ["curl", "-sS", "--limit-rate", LONG_RATE, "-o", "/root/body", "http://127.0.0.1:80/"]
    with ThreadPoolExecutor(1) as beside:
        fetched = beside.submit(service.run, *command)
        eventually(lambda: service.run("test", "-s", "/root/body", check=False).returncode == 0, "its begin")
        for _ in range(3):
            restart(service)
        assert not fetched.done(), "the request was too short for this"
        service.run("systemctl", "stop", "demo-server")
        # Of the supervisors as of their workers, whoever started them.
        assert worker_pids(service) == []
        assert service.run("pgrep", "-f", "/usr/sbin/demo-server", check=False).stdout == ""
        fetched.result(120)
    assert int(service.run("stat", "-c", "%s", "/root/body").stdout) == LONG_BODY
