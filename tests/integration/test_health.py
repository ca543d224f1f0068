"""Active checks and host names: what the supervisor learns about backends reaches the traffic."""

import pytest
from control_api import enum
from ports import free_address, text
from raw_client import get
from scripted_backend import ScriptedBackend, answer, serve_always
from waiting import eventually

CHECK = {"interval": {"nanos": 50_000_000}, "timeout": {"seconds": 5}, "rise": 2, "fall": 2}


def add_checked_pool(daemon, kind, backends, send_proxy_protocol=1, **check):
    kind = enum("HealthCheckKind").Value(f"HEALTH_CHECK_KIND_{kind}")
    daemon.control.AddPool(
        pool={
            "name": "default",
            "health": {"kind": kind, **CHECK, **check},
            "backends": [{"endpoint": backend} for backend in backends],
            "send_proxy_protocol": send_proxy_protocol,
        }
    )


def members(daemon):
    """{endpoint: (up, reason)} of the first address of each backend."""
    return {
        backend.backend.endpoint: (backend.members[0].up, backend.members[0].reason)
        for backend in daemon.monitor.ListBackends().backends
        if backend.members
    }


def wait_up(daemon, endpoint, up):
    eventually(
        lambda: members(daemon).get(endpoint, (not up,))[0] == up,
        f"{endpoint} to be {'up' if up else 'down'}",
    )


def bodies(daemon, count=6):
    return {get(daemon.address).body for _ in range(count)}


def test_backend_that_fails_its_check_gets_no_request_until_it_is_back(start_daemon, new_backend):
    healthy = [True]

    def script(connection):
        while (request := connection.read_request()) is not None:
            if request[0].startswith("GET /up ") and not healthy[0]:
                connection.send(answer(status="503 Service Unavailable"))
            else:
                connection.send(answer(b"one"))

    one = new_backend(script)
    two = new_backend(serve_always(b"two"))
    daemon = start_daemon()
    add_checked_pool(daemon, "HTTP", [one.text, two.text], path="/up")
    eventually(lambda: members(daemon)[one.text][1] == "status 200", "the first check")
    assert bodies(daemon) == {b"one", b"two"}

    healthy[0] = False
    wait_up(daemon, one.text, False)
    assert members(daemon)[one.text][1] == "status 503"
    assert bodies(daemon) == {b"two"}

    healthy[0] = True
    wait_up(daemon, one.text, True)
    eventually(lambda: bodies(daemon) == {b"one", b"two"}, "requests to both again")
    assert f"default/{one.text}" in daemon.democtl("events").stdout


def test_backend_that_refuses_is_down_and_up_again_when_it_listens(start_daemon):
    address = free_address()
    daemon = start_daemon()
    add_checked_pool(daemon, "TCP", [text(address)])
    wait_up(daemon, text(address), False)
    assert "Connection refused" in members(daemon)[text(address)][1]
    assert get(daemon.address).status == 503
    backend = ScriptedBackend(port=address[1])
    try:
        wait_up(daemon, text(address), True)
        eventually(lambda: get(daemon.address).body == b"backend\n", "the revived backend to be used")
    finally:
        backend.close()


def test_backend_in_maintenance_is_not_checked(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon()
    add_checked_pool(daemon, "TCP", [backend.text])
    eventually(lambda: backend.accepted > 2, "checks")
    state = enum("BackendState").Value("BACKEND_STATE_MAINTENANCE")
    daemon.control.UpdateBackend(pool="default", backend={"endpoint": backend.text, "state": state})
    # A check that was under way may still arrive; one of another pool shows that time has passed.
    seen = backend.accepted
    other = ScriptedBackend()
    try:
        kind = enum("HealthCheckKind").Value("HEALTH_CHECK_KIND_TCP")
        daemon.control.AddPool(
            pool={"name": "other", "health": {"kind": kind, **CHECK}, "backends": [{"endpoint": other.text}]}
        )
        eventually(lambda: other.accepted > 5, "checks of the other pool")
    finally:
        other.close()
    assert backend.accepted <= seen + 1


def test_backend_given_by_name_is_resolved(start_daemon, new_backend):
    backend = new_backend()
    daemon = start_daemon()
    name = f"localhost:{backend.address[1]}"
    daemon.control.AddBackend(pool="default", backend={"endpoint": name})

    def resolved():
        found = [b for b in daemon.monitor.ListBackends().backends if b.backend.endpoint == name]
        return any(member.address == backend.text for member in found[0].members)

    eventually(resolved, "the name to be resolved")
    eventually(lambda: get(daemon.address).body == b"backend\n", "the resolved backend to answer")


def test_name_that_cannot_be_resolved_is_told_and_leaves_503(start_daemon):
    daemon = start_daemon()
    daemon.control.AddBackend(pool="default", backend={"endpoint": "no-such-host.invalid:80"})
    mode = enum("ListenerMode").Value("LISTENER_MODE_PROXY")
    daemon.control.UpdateListener(listener={"address": "127.0.0.1:0", "mode": mode})
    eventually(
        lambda: "cannot resolve no-such-host.invalid" in daemon.democtl("events").stdout, "the warning"
    )
    assert get(daemon.address).status == 503


@pytest.mark.parametrize("kind", ["HTTP", "TCP"])
@pytest.mark.parametrize("version", ["V1", "V2"])
def test_checks_send_the_proxy_header_that_the_pool_sends(start_daemon, kind, version):
    backend = start_daemon()
    address = text(free_address())
    backend.control.AddListener(listener={"address": address, "accept_proxy_protocol": True})
    daemon = start_daemon()
    add_checked_pool(
        daemon,
        kind,
        [address],
        send_proxy_protocol=enum("SendProxyProtocol").Value(f"SEND_PROXY_PROTOCOL_{version}"),
    )
    reason = "status 200" if kind == "HTTP" else "connected"
    eventually(lambda: members(daemon)[address] == (True, reason), "the first check")
    assert get(daemon.address).status == 200
    assert backend.totals()["protocol_errors"] == 0
