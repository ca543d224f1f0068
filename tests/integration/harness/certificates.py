"""Certificates for tests of mutual TLS, made by openssl."""

import subprocess


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)


def make_certificate(folder, name, common_name, authority=None, alternative_name=None, days=1):
    """NAME.pem and NAME.key in the folder; signed by the authority, or by itself. days=-1: it has expired."""
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
            folder / f"{authority}.key", "-CAcreateserial", "-days", days, "-extfile", extensions,
            "-out", certificate)


def server_flags(folder):
    """What a daemon is told of its own certificate and of who vouches for its clients."""
    return ["--tls-certificate", folder / "server.pem", "--tls-key", folder / "server.key",
            "--tls-client-ca", folder / "ca.pem"]
