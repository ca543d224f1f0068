"""Socket options of a listener: set, read back by the kernel's own word, reported as effective or refused."""

import subprocess
from pathlib import Path

import pytest
from ports import free_address, text
from raw_client import RawClient, get
from waiting import eventually


def options_of(daemon, address):
    for listener in daemon.monitor.ListListeners().listeners:
        if listener.bound_address == text(address):
            return {option.name: option for option in listener.options}
    raise AssertionError(f"no listener {address}")


def add(daemon, *options):
    address = free_address()
    daemon.democtl("add-listener", text(address), "--mode", "server", *options)
    return address


@pytest.mark.parametrize("option, value, number", [
    ("--backlog", "200", 200),
    ("--defer-accept", "3s", 3),
    ("--fastopen-queue", "64", 64),
    ("--keepalive-idle", "40s", 40),
    ("--keepalive-interval", "7s", 7),
    ("--keepalive-count", "4", 4),
    ("--send-buffer", "64k", 65536),
    ("--receive-buffer", "64k", 65536),
    ("--incoming-cpu", "0", 0),
])
def test_number_is_reported_as_the_kernel_has_it(start_daemon, option, value, number):
    daemon = start_daemon()
    address = add(daemon, option, value)
    matching = [one for name, one in options_of(daemon, address).items()
                if name.replace("_", "-").startswith(option.removeprefix("--"))]
    assert len(matching) == 1, options_of(daemon, address)
    assert not matching[0].error, matching[0]
    effective = matching[0].effective.number_value
    # The kernel rounds times to its timer and keeps twice the bytes of a buffer for its books.
    assert number <= effective <= 2 * number + 2, matching[0]
    assert get(address).status == 200


@pytest.mark.parametrize("option, value", [
    ("--quickack", "on"), ("--nodelay", "off"), ("--busy-poll", "50us"), ("--prefer-busy-poll", "on"),
    ("--transparent", "on"), ("--interface", "lo"),
])
def test_option_is_effective_or_refused_with_a_reason(start_daemon, option, value):
    daemon = start_daemon()
    address = add(daemon, option, value)
    for one in options_of(daemon, address).values():
        assert one.HasField("effective") != bool(one.error), one
    assert get(address).status == 200, "a refused option does not stop the listener"


def backlogs(address):
    """What ss says of the sockets that listen there; unlike the report, not the daemon's own word."""
    listing = subprocess.run(
        ["ss", "-ltnH", f"sport = :{address[1]}"], capture_output=True, text=True, check=True
    )
    return {line.split()[2] for line in listing.stdout.splitlines()}


def test_backlog_is_what_the_kernel_listens_with(start_daemon):
    daemon = start_daemon()
    assert backlogs(add(daemon, "--backlog", "77")) == {"77"}


def test_backlog_beyond_the_kernels_is_reported_as_cut(start_daemon):
    cap = int(Path("/proc/sys/net/core/somaxconn").read_text())
    daemon = start_daemon()
    address = add(daemon, "--backlog", str(min(65535, cap * 2)))
    assert options_of(daemon, address)["backlog"].effective.number_value == min(65535, cap)
    assert backlogs(address) == {str(min(65535, cap))}


def test_interface_that_does_not_exist_refuses_the_listener(start_daemon):
    daemon = start_daemon()
    address = text(free_address())
    done = daemon.democtl("add-listener", address, "--interface", "no-such-device", check=False)
    assert done.returncode == 4 and "no-such-device" in done.stderr, done
    assert [one.bound_address for one in daemon.monitor.ListListeners().listeners] == [text(daemon.address)]


def test_option_changes_on_a_running_listener(start_daemon):
    daemon = start_daemon("-k")
    address = add(daemon, "--backlog", "50")
    with RawClient(address) as client:
        daemon.democtl("set-listener", text(address), "--backlog", "60")
        # The socket that is replaced stays a moment for handshakes that were under way.
        eventually(lambda: backlogs(address) == {"60"}, "the new backlog alone")
        client.send(b"GET / HTTP/1.1\r\nHost: test\r\n\r\n")
        assert client.read_response().status == 200, "connections outlive their listening socket"
    assert get(address).status == 200


def test_reports_reach_the_operator(start_daemon):
    daemon = start_daemon()
    address = add(daemon, "--backlog", "77", "--transparent", "on", "--interface", "lo")
    listed = daemon.democtl_json("listeners")["listeners"]
    row = next(row for row in listed if row["bound_address"] == text(address))
    reported = {option["name"]: option for option in row["options"]}
    assert reported["backlog"]["effective"] == reported["backlog"]["requested"] == 77
    assert reported["nodelay"]["effective"] is True
    assert reported["interface"]["effective"] == "lo"
    assert reported["transparent"]["requested"] is True
    assert reported["transparent"].get("effective") is True or reported["transparent"]["error"]
    table = daemon.democtl("listeners", "-o", "wide").stdout
    assert "backlog=77" in table and "nodelay=on" in table and "interface=lo" in table, table


def test_unix_and_ipv6_listeners(start_daemon):
    daemon = start_daemon()
    path = daemon.folder / "http.sock"
    daemon.democtl("add-listener", f"unix:{path}")
    daemon.democtl("add-listener", "[::1]:0", "--v6only", "on")
    for address in daemon.addresses():
        assert get(address).status == 200
