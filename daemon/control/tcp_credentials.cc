#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>
#include <netinet/in.h>

#include "base/read_file.h"
#include "control/control_server.h"
#include "control/grpc_endpoint.h"

namespace demo {
namespace {

constexpr unsigned kReloadSeconds = 5;
// Room for every CA that there is.
constexpr std::size_t kPemSizeBytes = 16 * 1024 * 1024;

bool is_loopback(const Address& address) {
  if (address.family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr());
    return ntohl(in->sin_addr.s_addr) >> 24U == 127;
  }
  const auto* in6 = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  return address.family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) != 0;
}

// Says early what gRPC would only log, once a client connects.
Status check_pem(const std::string& what, const std::string& path) {
  const auto refuse = [&](const std::string& why) {
    return Error{ErrorCode::kInvalidArgument, fmt::format("{} \"{}\": {}", what, path, why), what, path};
  };
  if (path.empty()) return refuse("control over TCP needs a certificate, its key and the clients' CA");
  const auto text = read_file(path, kPemSizeBytes);
  if (!text) return refuse(text.error().message);
  if (text->find("-----BEGIN ") == std::string::npos) return refuse("is no PEM file");
  return {};
}

}  // namespace

Status check_control_tcp(const ControlTcpOptions& options) {
  const std::string address = options.address.to_string();
  if (options.address.is_unix())
    return invalid("control-tcp", address, "control address " + address + " is not TCP");
  if (options.insecure_everyone_on_this_host_is_admin) {
    if (is_loopback(options.address)) return {};
    return invalid(
        "control-tcp", address,
        fmt::format("control address {}: plaintext is served on loopback addresses only", address));
  }
  for (const auto& [what, path] :
       {std::pair("certificate", options.certificate_file), std::pair("key", options.key_file),
        std::pair("client-ca", options.client_ca_file)}) {
    if (const Status readable = check_pem(what, path); !readable) return readable.error();
  }
  return {};
}

Result<std::shared_ptr<grpc::ServerCredentials>> tcp_credentials(const ControlTcpOptions& options) {
  if (const Status right = check_control_tcp(options); !right) return right.error();
  if (options.insecure_everyone_on_this_host_is_admin) return grpc::InsecureServerCredentials();
  using namespace grpc::experimental;
  TlsServerCredentialsOptions tls(std::make_shared<FileWatcherCertificateProvider>(
      options.key_file, options.certificate_file, options.client_ca_file, kReloadSeconds));
  tls.watch_root_certs();
  tls.watch_identity_key_cert_pairs();
  tls.set_cert_request_type(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  return TlsServerCredentials(tls);
}

}  // namespace demo
