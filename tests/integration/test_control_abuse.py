"""Ten thousand malformed, oversized and unauthenticated calls (runs alone): the daemon serves on."""

import random
import socket
import ssl
import struct
import threading

import grpc
import proc_facts
import pytest
from certificates import server_flags
from control_api import ControlApi, message
from load import wrk
from ports import free_address, text
from waiting import eventually

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
LARGEST_CALL = 4 * 1024 * 1024
CONTROL = "/demo.control.v1.Control/"
# What each kind of abuse contributes: ten thousand together.
GARBAGE, MALFORMED, ABSURD, DENIED, PLAIN, ANONYMOUS, OVERSIZED = 3000, 2000, 1940, 2000, 500, 500, 60
assert GARBAGE + MALFORMED + ABSURD + DENIED + PLAIN + ANONYMOUS + OVERSIZED == 10_000


@pytest.fixture
def target(start_daemon, certificates):
    """A daemon with all three endpoints; target.tcp is the address of the one with certificates."""
    tcp = free_address()
    daemon = start_daemon("-k", "--control-tcp", text(tcp), *server_flags(certificates))
    daemon.tcp = tcp
    return daemon


def frame(kind, length, payload=b"", flags=0, stream=1):
    """An HTTP/2 frame whose header may promise another length than it has, RFC 9113 section 4.1."""
    return struct.pack(">I", length)[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def garbage(numbers):
    """What a client that speaks something else, or nothing that makes sense, sends."""
    return numbers.choice([
        numbers.randbytes(numbers.randint(1, 300)),
        b"GET / HTTP/1.1\r\nHost: test\r\n\r\n",
        PREFACE + numbers.randbytes(100),
        PREFACE + frame(0, 0xFFFFFF, b"x" * 1000),  # data that never comes, on a stream that is not open
        PREFACE + frame(4, 0, stream=0) + frame(1, 0xFFFF00, b"\xff" * 500),  # a head of 16 MiB
        PREFACE + frame(4, 5, b"12345", stream=0),  # settings of no whole number
        b"",
    ])


def throw(address, data, answers=False):
    """Connects, sends, perhaps waits for the end, and leaves."""
    family = socket.AF_UNIX if isinstance(address, str) else socket.AF_INET
    with socket.socket(family) as peer:
        peer.settimeout(20)
        try:
            peer.connect(address)
            peer.sendall(data)
            while answers and peer.recv(4096):
                pass
        except OSError:
            pass  # refused, as it should be


def call_bytes(channel, method, data):
    """The status of a call with any bytes as its request."""
    call = channel.unary_unary(method, request_serializer=bytes, response_deserializer=bytes)
    try:
        call(data, timeout=60)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def throw_garbage(target):
    numbers = random.Random(5)
    paths = [str(target.control_path), str(target.folder / "monitor.sock"), target.tcp]
    for count in range(GARBAGE):
        throw(paths[count % 3], garbage(numbers))


def call_malformed(target):
    numbers = random.Random(6)
    methods = [method.name for method in message("AddListenerRequest").DESCRIPTOR.file.pool
               .FindServiceByName("demo.control.v1.Control").methods]
    for count in range(MALFORMED):
        # A field of the type that carries a length, and a length that goes beyond the end.
        data = b"\x0a\xff\xff\xff\x0f" + numbers.randbytes(numbers.randint(0, 60))
        code = call_bytes(target.connect().channel, CONTROL + methods[count % len(methods)], data)
        assert code not in (grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE), code


def call_absurd(target):
    request = message("AddBackendRequest")(backend={"endpoint": ":" * 2000}).SerializeToString()
    for _ in range(ABSURD):
        code = call_bytes(target.connect().channel, CONTROL + "AddBackend", request)
        assert code == grpc.StatusCode.INVALID_ARGUMENT


def call_oversized(target):
    for _ in range(OVERSIZED):
        code = call_bytes(target.connect().channel, CONTROL + "ApplyConfig", b"\x0a" * (LARGEST_CALL + 1))
        assert code == grpc.StatusCode.RESOURCE_EXHAUSTED


def call_as_viewer(target, certificates):
    """Half over the monitor socket, which has no Control, half with a certificate that may only watch."""
    monitor = ControlApi(target.folder / "monitor.sock")
    read = {name: (certificates / name).read_bytes() for name in ("ca.pem", "viewer.key", "viewer.pem")}
    credentials = grpc.ssl_channel_credentials(read["ca.pem"], read["viewer.key"], read["viewer.pem"])
    request = message("SetWorkersRequest")(count=1).SerializeToString()
    with grpc.secure_channel(text(target.tcp), credentials) as viewer:
        for _ in range(DENIED // 2):
            code = call_bytes(monitor.channel, CONTROL + "SetWorkers", request)
            assert code == grpc.StatusCode.UNIMPLEMENTED
            assert call_bytes(viewer, CONTROL + "SetWorkers", request) == grpc.StatusCode.PERMISSION_DENIED
        assert call_bytes(viewer, "/demo.control.v1.Monitor/GetStatus", b"") == grpc.StatusCode.OK
    monitor.close()


def shake_hands(address, certificate=None):
    """A TLS handshake and a little HTTP/2; whether the daemon said anything after it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if certificate:
        context.load_cert_chain(certificate.with_suffix(".pem"), certificate.with_suffix(".key"))
    try:
        with socket.create_connection(address, timeout=20) as plain, context.wrap_socket(plain) as peer:
            peer.sendall(PREFACE + frame(4, 0, stream=0))
            # With TLS 1.3 a client learns after its own handshake that it was refused.
            return bool(peer.recv(4096))
    except OSError:
        return False


def call_unauthenticated(target, certificates):
    for _ in range(PLAIN):
        throw(target.tcp, PREFACE + frame(4, 0, stream=0), answers=True)
    for count in range(ANONYMOUS):
        assert not shake_hands(target.tcp, certificates / "stranger" if count % 2 else None)
    assert shake_hands(target.tcp, certificates / "viewer"), "and yet one that may is served"


def test_ten_thousand_bad_calls_leave_the_daemon_serving(target, certificates):
    before = target.monitor.GetStatus()
    descriptors = len(proc_facts.open_descriptors(target.pid))
    abuses = [(throw_garbage, (target,)), (call_malformed, (target,)), (call_absurd, (target,)),
              (call_oversized, (target,)), (call_as_viewer, (target, certificates)),
              (call_unauthenticated, (target, certificates))]
    failures = []

    def run(abuse, arguments):
        try:
            abuse(*arguments)
        except BaseException as error:  # pylint: disable=broad-except
            failures.append((abuse.__name__, error))
            raise

    load = wrk(target.url, seconds=300, connections=8)
    threads = [threading.Thread(target=run, args=each, daemon=True) for each in abuses]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(240)
            assert not thread.is_alive(), "stuck"
        assert not failures
        load.finish().check()
    finally:
        load.kill()
    after = target.monitor.GetStatus()
    assert (after.generation, after.pid, after.workers_ready) == (before.generation, before.pid, 1)
    assert not after.problems
    # What is unauthenticated must not fill the log either.
    assert len(target.log()) < 10_000, target.log()[-2000:]
    eventually(
        lambda: len(proc_facts.open_descriptors(target.pid)) <= descriptors + 30,
        "the connections to be closed",
    )
    assert target.democtl("add-backend", "127.0.0.1:9").returncode == 0
