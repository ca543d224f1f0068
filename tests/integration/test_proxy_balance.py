"""Which backend a request reaches: policies over several workers, tcp mode, PROXY protocol, named pools."""

import collections
import struct

import pytest
from control_api import enum
from ports import free_address, text
from raw_client import RawClient, get
from scripted_backend import serve_always

REQUEST = "GET / HTTP/1.1\r\nHost: test\r\n\r\n"


def policy(name):
    return enum("BalancePolicy").Value(f"BALANCE_POLICY_{name}")


def mode(name):
    return enum("ListenerMode").Value(f"LISTENER_MODE_{name}")


def spread(address, requests, path="/"):
    """{body: how often} over connections of one request each."""
    return collections.Counter(get(address, path).body for _ in range(requests))


def echo(connection):
    connection.send(connection.buffer)  # came together with what was read before
    while data := connection.socket.recv(65536):
        connection.send(data)


def read_proxy_header(connection, version):
    if version == "V1":
        return connection.read_until(b"\r\n")
    head = connection.read_exactly(16)
    return head + connection.read_exactly(struct.unpack("!H", head[14:])[0])


@pytest.fixture
def two(new_backend):
    return new_backend(serve_always(b"one")), new_backend(serve_always(b"two"))


def start_with_pool(start_daemon, backends, workers=2, **pool):
    daemon = start_daemon(workers=workers)
    daemon.control.AddPool(
        pool={"name": "default", "backends": [{"endpoint": backend.text} for backend in backends], **pool}
    )
    return daemon


def test_workers_do_not_start_with_the_same_backend(start_daemon, two):
    daemon = start_with_pool(start_daemon, two)
    counts = spread(daemon.address, 80)
    # Each worker alternates, whatever its share of the connections is: it can be off by one.
    assert abs(counts[b"one"] - counts[b"two"]) <= 2, counts


def test_weights_hold_and_change_at_run_time(start_daemon, two):
    daemon = start_with_pool(start_daemon, two, workers=1)
    daemon.control.UpdateBackend(backend={"endpoint": two[0].text, "weight": 3})
    assert spread(daemon.address, 40) == {b"one": 30, b"two": 10}
    daemon.control.UpdateBackend(backend={"endpoint": two[0].text, "weight": 0})
    assert spread(daemon.address, 10) == {b"two": 10}


def test_least_connections_counts_what_other_workers_hold(start_daemon, new_backend):
    def slow(connection):
        while (request := connection.read_request()) is not None:
            if request[0].startswith("GET /hold"):
                connection.socket.recv(1)  # until the proxy leaves
                return
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbusy")

    backends = [new_backend(slow), new_backend(serve_always(b"idle"))]
    daemon = start_with_pool(start_daemon, backends, policy=policy("LEAST_CONNECTIONS"))
    daemon.control.UpdateBackend(backend={"endpoint": backends[1].text, "weight": 0})
    holders = [RawClient(daemon.address) for _ in range(4)]
    for holder in holders:
        holder.send("GET /hold HTTP/1.1\r\nHost: test\r\n\r\n")
    for _ in range(200):
        if backends[0].accepted == len(holders):
            break
        get(daemon.address)
    daemon.control.UpdateBackend(backend={"endpoint": backends[1].text, "weight": 1})
    # Whichever worker answers: the first backend holds four requests, perhaps most of the other worker's.
    assert spread(daemon.address, 40) == {b"idle": 40}
    for holder in holders:
        holder.close()


def test_source_hash_keeps_a_client_at_its_backend_in_every_worker(start_daemon, two):
    daemon = start_with_pool(start_daemon, two, policy=policy("SOURCE_HASH"))
    assert len(spread(daemon.address, 30)) == 1


def test_uri_hash_spreads_targets_and_keeps_each_at_its_backend(start_daemon, two):
    daemon = start_with_pool(start_daemon, two, policy=policy("URI_HASH"))
    seen = set()
    for number in range(30):
        bodies = spread(daemon.address, 3, f"/{number}")
        assert len(bodies) == 1
        seen |= set(bodies)
    assert seen == {b"one", b"two"}


def test_policy_changes_at_run_time(start_daemon, two):
    daemon = start_with_pool(start_daemon, two)
    assert len(spread(daemon.address, 10)) == 2
    daemon.control.UpdatePool(pool={"name": "default", "policy": policy("SOURCE_HASH")})
    assert len(spread(daemon.address, 10)) == 1


def test_listener_points_at_a_named_pool(start_daemon, two):
    daemon = start_daemon()
    for name, backend in (("left", two[0]), ("right", two[1])):
        daemon.control.AddBackend(pool=name, backend={"endpoint": backend.text})
    left, right = free_address(), free_address()
    daemon.control.AddListener(listener={"address": text(left), "pool": "left"})
    daemon.control.AddListener(listener={"address": text(right), "pool": "right"})
    assert spread(left, 4) == {b"one": 4}
    assert spread(right, 4) == {b"two": 4}


def test_tcp_listener_relays_with_half_close(start_daemon, new_backend):
    def answer_at_the_end(connection):
        received = b""
        while data := connection.socket.recv(65536):
            received += data
        connection.send(received[::-1])

    backend = new_backend(answer_at_the_end)
    daemon = start_daemon()
    address = free_address()
    daemon.control.AddBackend(pool="raw", backend={"endpoint": backend.text})
    daemon.control.AddListener(listener={"address": text(address), "mode": mode("TCP"), "pool": "raw"})
    with RawClient(address) as client:
        client.send(b"abc" * 100_000)
        client.socket.shutdown(1)
        received = b""
        while data := client.socket.recv(65536):
            received += data
    assert received == b"cba" * 100_000


def test_tcp_listener_lets_the_backend_speak_first(start_daemon, new_backend):
    backend = new_backend(lambda connection: (connection.send(b"220 ready\r\n"), connection.socket.recv(1)))
    daemon = start_daemon()
    address = free_address()
    daemon.control.AddBackend(pool="raw", backend={"endpoint": backend.text})
    daemon.control.AddListener(listener={"address": text(address), "mode": mode("TCP"), "pool": "raw"})
    with RawClient(address) as client:
        assert client.read_until(b"\r\n") == b"220 ready"


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_proxy_protocol_is_accepted_and_sent_on(start_daemon, new_backend, version):
    heads = []

    def script(connection):
        heads.append(read_proxy_header(connection, version))
        echo(connection)

    backend = new_backend(script)
    daemon = start_daemon()
    address = free_address()
    sent = enum("SendProxyProtocol").Value(f"SEND_PROXY_PROTOCOL_{version}")
    daemon.control.AddPool(
        pool={"name": "raw", "send_proxy_protocol": sent, "backends": [{"endpoint": backend.text}]}
    )
    daemon.control.AddListener(
        listener={
            "address": text(address),
            "mode": mode("TCP"),
            "pool": "raw",
            "accept_proxy_protocol": True,
        }
    )
    with RawClient(address) as client:
        client.send(b"PROXY TCP4 192.0.2.9 192.0.2.1 4000 80\r\nhello")
        assert client.read_exactly(5) == b"hello"
    if version == "V1":
        assert heads[0].startswith(b"PROXY TCP4 192.0.2.9 127.0.0.1 4000 ")
    else:
        assert heads[0][12:16] == b"\x21\x11\x00\x0c"
        assert heads[0][16:20] == bytes([192, 0, 2, 9])
        assert heads[0][24:26] == struct.pack("!H", 4000)


@pytest.mark.parametrize("version", ["V1", "V2"])
def test_proxy_header_goes_before_each_http_request(start_daemon, new_backend, version):
    seen = []

    def script(connection):
        seen.append(read_proxy_header(connection, version))
        request = connection.read_request()
        seen.append(dict(request[1]).get("Connection"))
        connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        assert connection.read_request() is None  # it serves one client alone

    backend = new_backend(script)
    daemon = start_daemon("-k")
    sent = enum("SendProxyProtocol").Value(f"SEND_PROXY_PROTOCOL_{version}")
    daemon.control.AddPool(
        pool={"name": "default", "send_proxy_protocol": sent, "backends": [{"endpoint": backend.text}]}
    )
    with RawClient(daemon.address) as client:
        for _ in range(2):
            client.send(REQUEST)
            assert client.read_response().status == 200
        port = client.socket.getsockname()[1]
    expected = f"PROXY TCP4 127.0.0.1 127.0.0.1 {port} ".encode()
    if version == "V2":
        expected = bytes([127, 0, 0, 1, 127, 0, 0, 1]) + struct.pack("!H", port)
    assert len(seen) == 4 and all(expected in head for head in seen[::2])
    assert seen[1::2] == ["close"] * 2


def test_forwarded_fields_follow_the_proxy_header(start_daemon, new_backend):
    seen = []

    def record(connection):
        while (request := connection.read_request()) is not None:
            seen.append(dict(request[1]))
            connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    backend = new_backend(record)
    daemon = start_daemon("-x", backend.text)
    address = free_address()
    daemon.control.SetForwarding(forwarding={"x_forwarded": True})
    daemon.control.AddListener(listener={"address": text(address), "accept_proxy_protocol": True})
    with RawClient(address) as client:
        client.send(b"PROXY TCP4 192.0.2.9 192.0.2.1 4000 80\r\n" + REQUEST.encode())
        assert client.read_response().status == 200
    assert get(daemon.address).status == 200
    assert [fields["X-Forwarded-For"] for fields in seen] == ["192.0.2.9", "127.0.0.1"]
