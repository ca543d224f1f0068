#pragma once

#include <string>

#include "base/result.h"
#include "control/tls/control_tcp_options.h"

namespace demo {

// What a TLS endpoint shows and whom it trusts: the contents of three PEM files, which are right together.
struct CertificateSet {
  std::string certificate;
  std::string key;
  std::string client_ca;
  bool operator==(const CertificateSet&) const = default;
};

// Reads the three files; regular ones only, so that none is waited for. Error: kInvalidArgument, one
// sentence, field and value name the file.
Result<CertificateSet> read_certificates(const ControlTcpOptions& files);

// What gRPC would find only when a client connects: what is no PEM or damaged, a key with a password, a
// certificate that is not the key's, what the host's OpenSSL refuses (a short key), no CA certificate.
// Whether a certificate has expired is between it and the clients. Pure; the names of the files are for the
// error, which is as above.
Status check_certificates(const CertificateSet& set, const ControlTcpOptions& files);

}  // namespace demo
