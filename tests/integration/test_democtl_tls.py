"""democtl over TCP: certificates on both sides, roles, and no word in the clear to another host."""

import subprocess

import pytest
from ports import free_address, text


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def make_certificate(folder, name, common_name, authority=None, alternative_name=None):
    """NAME.pem and NAME.key in the folder; signed by the authority, or by itself."""
    key, certificate = folder / f"{name}.key", folder / f"{name}.pem"
    request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
               f"/CN={common_name}", "-keyout", key]
    if authority is None:
        openssl(*request, "-x509", "-days", "1", "-out", certificate)
        return
    openssl(*request, "-out", folder / "request.csr")
    extensions = folder / "extensions"
    extensions.write_text(f"subjectAltName={alternative_name}\n" if alternative_name else "")
    openssl("x509", "-req", "-in", folder / "request.csr", "-CA", folder / f"{authority}.pem", "-CAkey",
            folder / f"{authority}.key", "-CAcreateserial", "-days", "1", "-extfile", extensions,
            "-out", certificate)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    folder = tmp_path_factory.mktemp("certificates")
    make_certificate(folder, "ca", "test authority")
    make_certificate(folder, "other-ca", "another authority")
    make_certificate(folder, "server", "demo", "ca", "IP:127.0.0.1,DNS:demo.example")
    make_certificate(folder, "admin", "admin", "ca")
    make_certificate(folder, "viewer", "viewer:grafana", "ca")
    make_certificate(folder, "stranger", "admin", "other-ca")
    return folder


@pytest.fixture
def remote(start_daemon, certificates):
    """democtl to a daemon's TCP address with a client certificate."""
    address = text(free_address())
    daemon = start_daemon("--control-tcp", address, "--tls-certificate", certificates / "server.pem",
                          "--tls-key", certificates / "server.key",
                          "--tls-client-ca", certificates / "ca.pem")

    def democtl(client, *arguments, authority="ca"):
        files = ["--tls-ca", certificates / f"{authority}.pem", "--tls-cert", certificates / f"{client}.pem",
                 "--tls-key", certificates / f"{client}.key"]
        return daemon.democtl(*files, *arguments, target=address, check=False)
    democtl.address = address
    democtl.daemon = daemon
    return democtl


def test_an_admin_may_change_and_is_named(remote):
    assert remote("admin", "add-backend", "127.0.0.1:9").returncode == 0
    assert "admin" in remote("admin", "whoami").stdout
    assert "127.0.0.1:9" in remote("admin", "backends").stdout


def test_a_viewer_may_look_alone(remote):
    assert remote("viewer", "status").returncode == 0
    denied = remote("viewer", "add-backend", "127.0.0.1:9")
    assert denied.returncode == 7, denied.stderr


def test_a_stranger_reaches_nobody(remote):
    refused = remote("stranger", "status")
    assert refused.returncode == 6
    assert remote.address in refused.stderr


def test_a_daemon_that_is_not_vouched_for_is_not_spoken_to(remote):
    assert remote("admin", "status", authority="other-ca").returncode == 6


def test_the_name_in_the_certificate_may_be_another(remote):
    assert remote("admin", "--tls-server-name", "demo.example", "status").returncode == 0
    assert remote("admin", "--tls-server-name", "wrong.example", "status").returncode == 6


def test_plaintext_to_a_tls_address_is_a_sentence(remote):
    refused = remote.daemon.democtl("status", target=remote.address, check=False)
    assert refused.returncode == 6
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_certificate_that_is_not_there_is_named(remote, certificates):
    done = remote("nobody", "status")
    assert done.returncode == 2
    assert str(certificates / "nobody.pem") in done.stderr
