#include "control/tls/tcp_credentials.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/security/server_credentials.h>
#include <netinet/in.h>

#include <utility>

#include "control/tls/certificate_set.h"
#include "control/tls/certificate_watch.h"

namespace demo {
namespace {

bool is_loopback(const Address& address) {
  if (address.family() == AF_INET) {
    const auto* in = reinterpret_cast<const sockaddr_in*>(address.sockaddr_ptr());
    return ntohl(in->sin_addr.s_addr) >> 24U == 127;
  }
  const auto* in6 = reinterpret_cast<const sockaddr_in6*>(address.sockaddr_ptr());
  return address.family() == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&in6->sin6_addr) != 0;
}

Status check_address(const ControlTcpOptions& options) {
  const std::string address = options.address.to_string();
  if (options.address.is_unix())
    return invalid("control-tcp", address, "control address " + address + " is not TCP");
  if (!options.insecure_everyone_on_this_host_is_admin || is_loopback(options.address)) return {};
  return invalid("control-tcp", address,
                 fmt::format("control address {}: plaintext is served on loopback addresses only", address));
}

Result<CertificateSet> load_certificates(const ControlTcpOptions& files) {
  auto set = read_certificates(files);
  if (!set) return set;
  if (const Status right = check_certificates(*set, files); !right) return right.error();
  return set;
}

// Mutual TLS with the certificates that a watch found last. What gRPC has in C++ for this reads the files by
// itself, whatever is in them (FileWatcherCertificateProvider, 1.51); in C it asks before each handshake.
class WatchedCredentials final : public grpc::ServerCredentials {
 public:
  WatchedCredentials(const ControlTcpOptions& files, CertificateSet good, SupervisorApi& supervisor)
      : watch_(files, std::move(good), supervisor),
        credentials_(::grpc_ssl_server_credentials_create_with_options(
            ::grpc_ssl_server_credentials_create_options_using_config_fetcher(
                GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY, &fetch, &watch_))) {}
  WatchedCredentials(const WatchedCredentials&) = delete;
  WatchedCredentials& operator=(const WatchedCredentials&) = delete;
  ~WatchedCredentials() override { ::grpc_server_credentials_release(credentials_); }

  // Nobody wants one here.
  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  // Of a single port: each set is asked for once.
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return ::grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }
  static grpc_ssl_certificate_config_reload_status fetch(void* watch,
                                                         grpc_ssl_server_certificate_config** config) {
    const auto set = static_cast<CertificateWatch*>(watch)->take_new();
    if (set == nullptr) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const grpc_ssl_pem_key_cert_pair own{set->key.c_str(), set->certificate.c_str()};
    *config = ::grpc_ssl_server_certificate_config_create(set->client_ca.c_str(), &own, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  CertificateWatch watch_;
  grpc_server_credentials* const credentials_;
};

}  // namespace

Status check_control_tcp(const ControlTcpOptions& options) {
  if (const Status right = check_address(options); !right) return right.error();
  if (options.insecure_everyone_on_this_host_is_admin) return {};
  const auto set = load_certificates(options);
  return set ? Status{} : set.error();
}

Result<std::shared_ptr<grpc::ServerCredentials>> tcp_credentials(const ControlTcpOptions& options,
                                                                 SupervisorApi& supervisor) {
  if (const Status right = check_address(options); !right) return right.error();
  if (options.insecure_everyone_on_this_host_is_admin) return grpc::InsecureServerCredentials();
  auto set = load_certificates(options);
  if (!set) return set.error();
  return std::make_shared<WatchedCredentials>(options, std::move(*set), supervisor);
}

}  // namespace demo
