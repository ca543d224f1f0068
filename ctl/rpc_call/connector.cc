#include "rpc_call/connector.h"

#include <fmt/format.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/create_channel_posix.h>

#include <string>
#include <utility>

#include "input_file.h"
#include "rpc_call/unix_connection.h"

namespace demo::ctl {
namespace {

// A daemon that does not answer a ping in this time is gone; it lets clients ask every 10 s at most.
constexpr int kPingEveryMs = 15'000;
constexpr int kPingPatienceMs = 10'000;

std::string read_pem(const std::string& option, const std::string& path) {
  return read_input(path, fmt::format("{} {}", option, path));
}

std::shared_ptr<grpc::ChannelCredentials> credentials_for(const Target& target) {
  if (target.is_unix() || !target.tls.any()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = read_pem("--tls-ca", target.tls.ca);
  options.pem_cert_chain = read_pem("--tls-cert", target.tls.certificate);
  options.pem_private_key = read_pem("--tls-key", target.tls.key);
  return grpc::SslCredentials(options);
}

grpc::ChannelArguments arguments_for(const Target& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetMaxReceiveMessageSize(-1);
  // While a call runs, and however little a stream carries.
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingEveryMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingPatienceMs);
  arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  if (!target.tls.server_name.empty()) arguments.SetSslTargetNameOverride(target.tls.server_name);
  return arguments;
}

}  // namespace

Connector::Connector(const Target& target) : target_(target), credentials_(credentials_for(target)) {}

Connector::Connection Connector::connect(std::chrono::milliseconds patience) const {
  const auto stub_of = [](std::shared_ptr<grpc::Channel> channel) {
    return std::make_unique<grpc::GenericStub>(std::move(channel));
  };
  if (!target_.is_unix()) {
    return {stub_of(grpc::CreateCustomChannel(target_.host_port, credentials_, arguments_for(target_))), {}};
  }
  const UnixConnection made = connect_unix(target_.path, patience);
  if (made.fd < 0) {
    CallStatus status{.code = static_cast<int>(grpc::StatusCode::UNAVAILABLE), .message = "", .details = ""};
    if (made.full) status.door = CallStatus::Door::kQueueFull;
    return {nullptr, std::move(status)};
  }
  return {stub_of(grpc::CreateCustomInsecureChannelFromFd("localhost", made.fd, arguments_for(target_))), {}};
}

}  // namespace demo::ctl
