"""With as many listeners as there may be, a new one does not get the figures of one that was removed."""

from raw_client import RawClient
from waiting import eventually

LISTENERS = 2000


def figures_of(daemon, address):
    """Of the listener that is bound there."""
    name = "%s:%d" % address
    (found,) = [row.figures for row in daemon.monitor.GetStats().sample.listeners if row.address == name]
    return found


def test_a_new_listener_does_not_count_the_connections_of_a_removed_one(start_daemon):
    names = [f"127.1.{number // 200}.{number % 200 + 1}:0" for number in range(LISTENERS)]
    daemon = start_daemon("--accept-mode", "shared", listen=names)
    first = daemon.address
    with RawClient(first) as client:
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab")
        eventually(lambda: figures_of(daemon, first).connections_open == 1, "the upload to begin")
        daemon.democtl("remove-listener", names[0])
        # The place is kept while the upload lasts, so there is none for a new one.
        refused = daemon.democtl("add-listener", "127.2.0.1:0", check=False)
        assert refused.returncode != 0
        assert "try again when some have ended" in refused.stderr
        client.send("cd")
        assert client.read_response().status == 200
    eventually(
        lambda: daemon.democtl("add-listener", "127.2.0.1:0", check=False).returncode == 0,
        "a free place",
    )
    (new,) = [address for address in daemon.addresses() if address[0] == "127.2.0.1"]
    assert figures_of(daemon, new).connections_open == 0
    assert figures_of(daemon, new).connections_accepted == 0
