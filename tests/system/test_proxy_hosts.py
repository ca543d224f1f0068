"""What a proxy can only show on a host of its own: names whose addresses change, local ports that run out."""

import collections
import contextlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from host_daemon import daemon_on
from three_hosts import ThreeHosts
from waiting import eventually

NAME = "backend.test"
PORTS = 8
FEW_PORTS, MORE_REQUESTS = 100, 300
SHORTAGE = "the proxy has no free port or descriptor for a connection to the backend"


@pytest.fixture
def hosts():
    made = ThreeHosts()
    yield made
    made.close()


def addresses(proxy):
    """The members of the only backend, as "address:port"."""
    (backend,) = json.loads(proxy.democtl("backends", "-o", "json"))["backends"]
    return {member["address"] for member in backend.get("members", [])}


def answers(hosts, url, count, *options):
    """{body: how often} of so many requests of the client."""
    command = [*hosts.prefix("client"), "curl", "-s", "--max-time", "20", *options, *[url] * count]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return collections.Counter(done.stdout.splitlines())


def answering(hosts):
    return set(answers(hosts, "http://10.0.0.2/", 6))


def test_name_is_looked_up_again_and_every_address_is_a_member(hosts):
    hosts.ip("backend", "address", "add", "10.0.0.4/24", "dev", "eth0")
    with hosts.names("middle") as set_names:
        set_names({NAME: ["10.0.0.3"]})
        with (
            daemon_on(hosts, "backend", "-a", "10.0.0.3:80") as three,
            daemon_on(hosts, "backend", "-a", "10.0.0.4:80") as four,
            daemon_on(hosts, "middle") as proxy,
        ):
            three.democtl("set-response", "--text", "three\n")
            four.democtl("set-response", "--text", "four\n")
            proxy.democtl("add-pool", "default", "--resolve-interval", "1s")
            proxy.democtl("add-backend", f"{NAME}:80")
            eventually(lambda: addresses(proxy) == {"10.0.0.3:80"}, "the name to be looked up")
            assert answering(hosts) == {"three"}
            set_names({NAME: ["10.0.0.3", "10.0.0.4"]})
            eventually(lambda: addresses(proxy) == {"10.0.0.3:80", "10.0.0.4:80"}, "the second address")
            assert answering(hosts) == {"three", "four"}
            # A name that is gone keeps the last good set.
            set_names({})
            eventually(lambda: f"cannot resolve {NAME}" in proxy.democtl("events"), "a lookup to fail")
            assert answering(hosts) == {"three", "four"}
            set_names({NAME: ["10.0.0.4"]})
            eventually(lambda: addresses(proxy) == {"10.0.0.4:80"}, "the first address to be gone")
            assert answering(hosts) == {"four"}


def test_local_ports_that_run_out_are_reported_as_that(hosts):
    hosts.sysctl("middle", f"net.ipv4.ip_local_port_range=50000 {50000 + PORTS - 1}")
    with daemon_on(hosts, "backend"), daemon_on(hosts, "middle", "-x", "10.0.0.3:80") as proxy:
        # Each request takes a second of the backend, and with it a port towards it.
        slow = ["http://10.0.0.2/?t=1000", 2 * PORTS, "--parallel", "--parallel-immediate"]
        counts = answers(hosts, *slow)
        assert counts["OK"] == PORTS, counts
        assert counts["503 Service Unavailable: " + SHORTAGE] == PORTS, counts
        (backend,) = json.loads(proxy.democtl("stats", "-o", "json"))["backends"]
        assert backend["figures"]["connect_shortages"] == PORTS
        assert backend["figures"]["connect_errors"] == 0
        assert "every local port towards it is in use" in proxy.log()
        # Ports towards another backend are not concerned.
        with daemon_on(hosts, "client"):
            proxy.democtl("add-backend", "10.0.0.1:80")
            assert answers(hosts, *slow) == {"OK": 2 * PORTS}


@contextlib.contextmanager
def keeping_backend(hosts):
    """keeping_backend.py at 10.0.0.3:80."""
    script = Path(__file__).with_name("keeping_backend.py")
    command = [*hosts.prefix("backend"), sys.executable, "-B", str(script), "10.0.0.3", "80"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as backend:
        try:
            assert backend.stdout.readline() == "ready\n"
            yield
        finally:
            backend.kill()


def sockets_with_a_port(hosts):
    """How many sockets of the proxy's host hold a local port towards the backend."""
    command = [*hosts.prefix("middle"), "ss", "-Htan", "dst", "10.0.0.3:80"]
    return len(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines())


@pytest.mark.parametrize(
    "setting",
    [("keepalive", "off", "--side", "backend"), ("set-pool", "default", "--send-proxy-protocol", "v1")],
    ids=["keepalive-off", "proxy-protocol"],
)
def test_connections_that_the_proxy_closes_cost_no_local_port(hosts, setting):
    hosts.sysctl("middle", f"net.ipv4.ip_local_port_range=50000 {50000 + FEW_PORTS - 1}")
    with keeping_backend(hosts), daemon_on(hosts, "middle", "-k", "-x", "10.0.0.3:80") as proxy:
        proxy.democtl(*setting)
        assert answers(hosts, "http://10.0.0.2/", MORE_REQUESTS) == {"OK": MORE_REQUESTS}
        # Bodies that the backend answers before it reads them: none is cut short, none costs a port for long.
        post = ["--data-binary", "x" * 10_000]
        assert answers(hosts, "http://10.0.0.2/", MORE_REQUESTS, *post) == {"OK": MORE_REQUESTS}
        assert answers(hosts, "http://10.0.0.2/lost", 1) == {"0": 1}
        eventually(lambda: sockets_with_a_port(hosts) == 0, "every port to be free again")


def verdict_of_check(proxy):
    (backend,) = json.loads(proxy.democtl("backends", "-o", "json"))["backends"]
    return backend["members"][0].get("reason")


@pytest.mark.parametrize(("kind", "verdict"), [("tcp", "connected"), ("http", "status 200")])
def test_checks_cost_no_local_port(hosts, kind, verdict):
    with keeping_backend(hosts), daemon_on(hosts, "middle", "-x", "10.0.0.3:80") as proxy:
        every = ["--health-interval", "20ms", "--health-timeout", "50ms"]
        proxy.democtl("set-pool", "default", "--health", kind, *every)
        eventually(lambda: verdict_of_check(proxy) == verdict, "a check")
        proxy.democtl("set-pool", "default", "--health", "none")
        eventually(lambda: sockets_with_a_port(hosts) == 0, "every port to be free again")
