"""Clients of the TCP endpoint who are not let in, or never finish, many at once (runs alone)."""

import contextlib
import os
import resource
import socket
import ssl
import time

import proc_facts
import pytest
from certificates import make_certificate, server_flags
from ports import free_address, text
from waiting import PATIENCE, eventually

# gRPC ends a handshake after ten seconds.
HANDSHAKE = 10
# More than the endpoint takes.
BEYOND = 2500
# A record of TLS that promises 512 bytes of a ClientHello, RFC 8446 section 5.1, and the first of them.
BEGINNING = bytes([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3])
# What so many unfinished handshakes may take; AddressSanitizer holds freed memory back.
GROWTH_MAX_KIB = 600_000 if os.environ.get("DEMO_SANITIZE") else 200_000


@pytest.fixture
def daemon(start_daemon, certificates):
    tcp = free_address()
    made = start_daemon("--control-tcp", text(tcp), *server_flags(certificates))
    made.tcp = tcp

    def ask(*options):
        files = ["--tls-ca", certificates / "ca.pem", "--tls-cert", certificates / "viewer.pem",
                 "--tls-key", certificates / "viewer.key"]
        return made.democtl(*files, *options, "status", target=text(tcp), check=False)
    made.ask = ask
    return made


@pytest.fixture
def descriptors():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits[1], limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, limits)


def client(certificates, name=None, version=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    if version:
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    if name:
        context.load_cert_chain(certificates / f"{name}.pem", certificates / f"{name}.key")
    return context


def is_served(address, context):
    """Whether a client gets any byte of HTTP/2."""
    with contextlib.suppress(OSError):
        with socket.create_connection(address, 30 * PATIENCE) as plain, context.wrap_socket(plain) as peer:
            # With TLS 1.3 a client learns after its own handshake that it was refused.
            peer.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0")
            return bool(peer.recv(4096))
    return False


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_who_has_no_right_certificate_or_an_old_protocol_is_not_served(daemon, certificates):
    make_certificate(certificates, "expired", "admin", "ca", days=-1)
    refused = {
        "no certificate": client(certificates),
        "an expired one": client(certificates, "expired"),
        "of another authority": client(certificates, "stranger"),
        "TLS 1.1": client(certificates, "viewer", ssl.TLSVersion.TLSv1_1),
    }
    before = daemon.log()
    for _ in range(20):
        for what, context in refused.items():
            assert not is_served(daemon.tcp, context), what
    assert is_served(daemon.tcp, client(certificates, "viewer")), "and yet one that may is served"
    assert is_served(daemon.tcp, client(certificates, "viewer", ssl.TLSVersion.TLSv1_2))
    assert "state:" in daemon.ask().stdout
    assert daemon.log() == before


def test_handshakes_that_never_end_keep_nobody_of_their_host_out_for_long(daemon, descriptors):
    assert "state:" in daemon.ask().stdout
    open_before = len(proc_facts.open_descriptors(daemon.pid))
    memory_before = proc_facts.status_kib(daemon.pid, "VmRSS")
    log_before = daemon.log().count("\n")
    with contextlib.ExitStack() as strangers:
        began = time.monotonic()
        for count in range(BEYOND):
            peer = strangers.enter_context(socket.create_connection(daemon.tcp, 30 * PATIENCE))
            with contextlib.suppress(OSError):  # closed already
                peer.sendall(BEGINNING if count % 2 else b"")
        # Those who control the daemon on this host notice nothing.
        assert "state:" in daemon.democtl("--timeout", "5s", "status").stdout
        assert len(proc_facts.open_descriptors(daemon.pid)) < open_before + BEYOND // 2
        assert proc_facts.status_kib(daemon.pid, "VmRSS") < memory_before + GROWTH_MAX_KIB
        eventually(lambda: "state:" in daemon.ask().stdout, "a right client to be served", seconds=30)
        assert time.monotonic() - began < (2 * HANDSHAKE + 10) * PATIENCE
        eventually(lambda: len(proc_facts.open_descriptors(daemon.pid)) < open_before + 30,
                   "the unfinished ones to be closed", seconds=30)
    assert daemon.log().count("\n") < log_before + 10, daemon.log()[-2000:]
    assert "state:" in daemon.ask().stdout


def test_handshakes_of_one_host_that_never_end_leave_the_others_their_places(daemon, descriptors):
    with contextlib.ExitStack() as strangers:
        for _ in range(BEYOND):
            peer = socket.create_connection(daemon.tcp, 30 * PATIENCE, source_address=("127.0.0.2", 0))
            strangers.enter_context(peer)
            with contextlib.suppress(OSError):  # closed already
                peer.sendall(BEGINNING)
        assert "state:" in daemon.ask("--timeout", "8s").stdout
        (problem,) = daemon.democtl_json("status")["problems"]
        assert problem.startswith(f"control over {text(daemon.tcp)}: connections of 127.0.0.2 are refused")
