"""Addresses and interfaces that come and go: each listener stands for itself and comes back by itself."""

import subprocess

import pytest
from host_daemon import daemon_on
from three_hosts import ThreeHosts
from waiting import eventually

LASTING, PASSING, WIRED = "10.0.0.2:80", "10.0.0.22:80", "10.1.0.2:80"


@pytest.fixture
def hosts():
    made = ThreeHosts()
    yield made
    made.close()


def add_address(hosts):
    hosts.ip("middle", "address", "add", "10.0.0.22/24", "dev", "eth0")


def remove_address(hosts):
    hosts.ip("middle", "address", "del", "10.0.0.22/24", "dev", "eth0")


def add_wire(hosts):
    """A second cable between client and middle."""
    hosts.ip("middle", "link", "add", "wire", "type", "veth", "peer", "name", "wired")
    hosts.ip("middle", "link", "set", "wired", "netns", hosts.namespace("client"))
    for host, device, address in (("middle", "wire", "10.1.0.2/24"), ("client", "wired", "10.1.0.1/24")):
        hosts.ip(host, "address", "add", address, "dev", device)
        hosts.ip(host, "link", "set", device, "up")


def remove_wire(hosts):
    hosts.ip("middle", "link", "del", "wire")


def answered(hosts, address):
    """Whether the client gets an answer."""
    command = ["curl", "-s", "-o", "/dev/null", "-m", "5", "-w", "%{http_code}", f"http://{address}/"]
    done = subprocess.run(
        [*hosts.prefix("client"), *command], capture_output=True, text=True, check=False, timeout=60
    )
    return done.stdout == "200"


def told(daemon, text):
    """Waits until the daemon's status names the trouble."""
    eventually(lambda: text in daemon.democtl("status"), f"status to say: {text}")


def well(daemon):
    eventually(lambda: "cannot" not in daemon.democtl("status"), "status to be good again")


def test_an_address_that_is_gone_holds_up_nothing_else(hosts):
    add_address(hosts)
    with daemon_on(hosts, "middle", "-a", LASTING, PASSING, "-w", "1") as daemon:
        assert answered(hosts, PASSING)
        remove_address(hosts)
        told(daemon, f"cannot listen on {PASSING}: no network interface has this address")
        for change in (("accept-mode", "shared"), ("accept-mode", "reuseport"), ("set-workers", "2")):
            daemon.democtl(*change)
            assert answered(hosts, LASTING)
        assert "no network interface has this address" in daemon.democtl("listeners")
        add_address(hosts)
        well(daemon)
        assert answered(hosts, PASSING)
        assert f"listener {PASSING} is well again" in daemon.log()


def test_a_start_without_an_address_serves_the_others_and_takes_it_up_when_it_comes(hosts):
    with daemon_on(hosts, "middle", "-a", LASTING, PASSING) as daemon:
        assert answered(hosts, LASTING)
        told(daemon, "no network interface has this address")
        # A new listener is another matter: that is a mistake of whoever asks for it.
        with pytest.raises(subprocess.CalledProcessError):
            daemon.democtl("add-listener", "10.0.0.99:80")
        add_address(hosts)
        well(daemon)
        assert answered(hosts, PASSING)


def test_an_interface_that_is_made_anew_has_its_listener_back(hosts):
    add_wire(hosts)
    with daemon_on(hosts, "middle", "-a", LASTING) as daemon:
        daemon.democtl("add-listener", WIRED, "--interface", "wire")
        assert answered(hosts, WIRED)
        for change in (("accept-mode", "shared"), ("set-workers", "1")):
            remove_wire(hosts)
            told(daemon, "wire")
            daemon.democtl(*change)
            assert answered(hosts, LASTING)
            add_wire(hosts)
            eventually(lambda: answered(hosts, WIRED), "the listener on the new interface")
            well(daemon)
        # Gone and back between two looks.
        remove_wire(hosts)
        add_wire(hosts)
        eventually(lambda: answered(hosts, WIRED), "the listener on the next interface")
