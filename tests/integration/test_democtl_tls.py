"""democtl over TCP: certificates on both sides, roles, and no word in the clear to another host."""

import shutil

import pytest
from certificates import make_certificate, server_flags
from ports import free_address, text
from waiting import eventually


@pytest.fixture
def remote(start_daemon, certificates):
    """democtl to a daemon's TCP address with a client certificate."""
    address = text(free_address())
    daemon = start_daemon("--control-tcp", address, *server_flags(certificates))

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


def copy_own(certificates, folder):
    """The daemon's files, which a test may change."""
    for name in ("server", "ca"):
        for suffix in ("pem", "key"):
            shutil.copy(certificates / f"{name}.{suffix}", folder)


def test_certificates_that_change_on_disk_are_taken_over(start_daemon, certificates, tmp_path):
    """Another authority for both sides, while the daemon runs; and back, with the old clients."""
    copy_own(certificates, tmp_path)
    make_certificate(certificates, "other-server", "demo", "other-ca", "IP:127.0.0.1")
    address = text(free_address())
    daemon = start_daemon("--control-tcp", address, *server_flags(tmp_path))

    def status(client, authority):
        return daemon.democtl("--tls-ca", certificates / f"{authority}.pem", "--tls-cert",
                              certificates / f"{client}.pem", "--tls-key", certificates / f"{client}.key",
                              "status", target=address, check=False).returncode

    def put(server, authority):
        for suffix in ("pem", "key"):
            shutil.copy(certificates / f"{server}.{suffix}", tmp_path / f"server.{suffix}.new")
            (tmp_path / f"server.{suffix}.new").rename(tmp_path / f"server.{suffix}")
        shutil.copy(certificates / f"{authority}.pem", tmp_path / "ca.pem.new")
        (tmp_path / "ca.pem.new").rename(tmp_path / "ca.pem")

    assert (status("admin", "ca"), status("stranger", "other-ca")) == (0, 6)
    put("other-server", "other-ca")
    eventually(lambda: status("stranger", "other-ca") == 0, "the new certificates to serve", seconds=40)
    assert status("admin", "ca") == 6
    put("server", "ca")
    eventually(lambda: status("admin", "ca") == 0, "the old certificates to serve again", seconds=40)


def test_a_renewal_in_two_steps_fails_no_client_and_is_told(start_daemon, certificates, tmp_path):
    """The new key comes first, the certificate later: the status says so meanwhile, over TLS too."""
    copy_own(certificates, tmp_path)
    make_certificate(certificates, "renewed", "demo", "ca", "IP:127.0.0.1")
    address = text(free_address())
    daemon = start_daemon("--control-tcp", address, *server_flags(tmp_path))
    tls = ["--tls-ca", certificates / "ca.pem", "--tls-cert", certificates / "admin.pem",
           "--tls-key", certificates / "admin.key"]

    def status():
        return daemon.democtl(*tls, "status", target=address).stdout

    def events():
        return daemon.democtl("events").stdout

    assert "good" in status()
    shutil.copy(certificates / "renewed.key", tmp_path / "server.key")
    eventually(lambda: "does not belong to the certificate" in status(), "the status to name it", seconds=40)
    assert "degraded" in status()
    assert "does not belong to the certificate" in events()
    shutil.copy(certificates / "renewed.pem", tmp_path / "server.pem")
    eventually(lambda: "new certificates are in force" in events(), "them to be taken over", seconds=40)
    assert "good" in status()
    assert events().count("does not belong to the certificate") == 1
