"""A proxy that forwards to itself is refused, left out, or ends the request that comes back."""

import grpc
import pytest
from control_api import enum
from ports import free_address, text
from raw_client import RawClient, get
from scripted_backend import answer
from waiting import eventually


def server_mode():
    return enum("ListenerMode").Value("LISTENER_MODE_SERVER")


def seen_by(new_backend):
    """A backend and the CDN-Loop values of each request that it got."""
    seen = []

    def script(connection):
        while (request := connection.read_request()) is not None:
            seen.append([value for name, value in request[1] if name.lower() == "cdn-loop"])
            connection.send(answer())

    return new_backend(script), seen


@pytest.mark.parametrize("mode", ["AUTO", "PROXY", "TCP"])
@pytest.mark.parametrize("target", ["127.0.0.1", "0.0.0.0", "[::ffff:127.0.0.1]"])
def test_listener_on_every_address_as_its_own_backend_is_refused_at_the_change(start_daemon, mode, target):
    port = free_address()[1]
    daemon = start_daemon()
    daemon.control.AddPool(pool={"name": "loop"})
    daemon.control.AddListener(
        listener={
            "address": f"0.0.0.0:{port}",
            "pool": "loop",
            "mode": enum("ListenerMode").Value(f"LISTENER_MODE_{mode}"),
        }
    )
    with pytest.raises(grpc.RpcError) as caught:
        daemon.control.AddBackend(pool="loop", backend={"endpoint": f"{target}:{port}"})
    assert caught.value.code() == grpc.StatusCode.INVALID_ARGUMENT
    assert "never end" in caught.value.details()
    assert not daemon.monitor.ListBackends().backends


def test_name_that_resolves_to_this_daemon_is_left_out_and_named(start_daemon):
    port = free_address()[1]
    daemon = start_daemon("-x", f"localhost:{port}", listen=(f"0.0.0.0:{port}",))
    name = f"localhost:{port}"

    def v4_left_out():
        members = daemon.monitor.ListBackends().backends[0].members
        return [m for m in members if m.address == f"127.0.0.1:{port}" and m.health.startswith("loop")]

    eventually(v4_left_out, "the address to be left out")
    assert get(("127.0.0.1", port)).status in (502, 503)
    assert f"default/{name}" in daemon.democtl("events").stdout
    assert "left out" in daemon.democtl("events").stdout


def test_request_that_comes_back_through_another_hop_is_ended(start_daemon):
    there, back = start_daemon(), start_daemon()
    there.control.AddBackend(backend={"endpoint": text(back.address)})
    back.control.AddBackend(backend={"endpoint": text(there.address)})
    response = get(there.address)
    assert response.status == 508
    assert b"forwarded this request before" in response.body
    assert there.totals()["requests"] == 2
    assert back.totals()["requests"] == 1


def test_chain_of_daemons_and_of_listeners_of_one_daemon_is_no_loop(start_daemon, new_backend):
    backend, seen = seen_by(new_backend)
    inner, outer = start_daemon(), start_daemon()
    inner.control.AddBackend(backend={"endpoint": backend.text})
    second = text(free_address())
    outer.control.AddBackend(pool="second", backend={"endpoint": text(inner.address)})
    outer.control.AddListener(listener={"address": second, "pool": "second"})
    outer.control.AddBackend(backend={"endpoint": second})
    for _ in range(3):
        assert get(outer.address).body == b"backend\n"
    assert len(seen) == 3 and len(seen[0]) == 3 and len(set(seen[0])) == 3
    assert all(values == seen[0] for values in seen)


def test_field_of_a_client_is_passed_on_and_cannot_be_dropped(start_daemon, new_backend):
    backend, seen = seen_by(new_backend)
    daemon = start_daemon("-k", "-x", backend.text)
    with RawClient(daemon.address) as client:
        for _ in range(2):
            client.send(
                "GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: elsewhere; a=1\r\nConnection: CDN-Loop\r\n\r\n"
            )
            assert client.read_response().status == 200
    assert [values[0] for values in seen] == ["elsewhere; a=1"] * 2
    own = seen[0][1]
    for _ in range(2):  # the second head is recognised by the worker that parsed the first
        with RawClient(daemon.address) as client:
            client.send(f"GET / HTTP/1.1\r\nHost: a\r\ncdn-loop: x, {own}\r\nConnection: CDN-Loop\r\n\r\n")
            assert client.read_response().status == 508
    assert len(seen) == 2


def test_every_worker_has_the_same_name(start_daemon, new_backend):
    backend, seen = seen_by(new_backend)
    daemon = start_daemon("-x", backend.text, workers=2)

    def both_served():
        get(daemon.address)
        return all(w.figures.requests for w in daemon.monitor.GetStats().sample.workers)

    eventually(both_served, "both workers to have served")
    assert len({tuple(values) for values in seen}) == 1


def test_saved_state_with_a_loop_is_in_force_without_the_backend_that_makes_it(new_daemon):
    daemon = new_daemon()
    state = daemon.folder / "state"
    state.mkdir()
    flags = "--state-dir", state
    daemon.start(*flags)
    looping, added = text(free_address()), free_address()
    daemon.control.AddListener(listener={"address": text(added), "mode": server_mode()})
    daemon.control.AddListener(listener={"address": looping, "pool": "loop"})
    daemon.control.AddBackend(pool="loop", backend={"endpoint": "127.0.0.1:9"})
    daemon.stop()
    saved = state / "state.json"
    saved.write_text(saved.read_text().replace("127.0.0.1:9\"", looping + '"'))
    daemon.start(*flags)
    status = daemon.monitor.GetStatus()
    assert (status.config_source, status.degraded) == ("state", True)
    assert any(looping in problem and "loop" in problem for problem in status.problems), status.problems
    assert get(added).status == 200
    host, port = looping.rsplit(":", 1)
    assert get((host, int(port))).status == 503
    # What is there is no reason to refuse another change; another loop is refused.
    daemon.control.SetKeepalive(client={"enabled": True})
    with pytest.raises(grpc.RpcError) as caught:
        daemon.control.AddBackend(pool="loop", backend={"endpoint": f"0.0.0.0:{port}"})
    assert "never end" in caught.value.details()
    daemon.control.RemoveBackend(pool="loop", endpoint=looping)
    assert not daemon.monitor.ListBackends().backends
