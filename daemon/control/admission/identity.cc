#include "control/admission/identity.h"

#include <grpc/grpc_security_constants.h>
#include <grpcpp/server_context.h>
#include <pwd.h>
#include <sys/socket.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

#include "control/admission/certificate_role.h"
#include "control/connections/client_relay.h"

namespace demo {
namespace {

Caller named(std::string name) { return {std::move(name), std::nullopt, std::nullopt, std::nullopt}; }

std::string user_name(uid_t uid) {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found);
  return found != nullptr ? found->pw_name : "?";
}

// gRPC calls the peer of an accepted descriptor "fd:9"; it stays open while the call runs.
std::optional<int> descriptor_of(std::string_view peer) {
  constexpr std::string_view kPrefix = "fd:";
  if (!peer.starts_with(kPrefix)) return std::nullopt;
  int fd = -1;
  const auto parsed = std::from_chars(peer.data() + kPrefix.size(), peer.data() + peer.size(), fd);
  return parsed.ec == std::errc() ? std::optional<int>(fd) : std::nullopt;
}

Caller caller_of(const ucred& client) {
  const std::string name = "uid " + std::to_string(client.uid) + " (" + user_name(client.uid) + ")";
  return {name, client.uid, client.gid, client.pid};
}

std::vector<std::string> properties(const grpc::AuthContext& auth, const char* name) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : auth.FindPropertyValues(name))
    values.emplace_back(value.begin(), value.end());
  return values;
}

}  // namespace

Identify identify_by_peer_credentials(Role role, const ClientRelay& relay) {
  return [role, &relay](const grpc::ServerContextBase& context) {
    const auto fd = descriptor_of(context.peer());
    const auto visit = fd ? relay.visit_of(*fd) : nullptr;
    return Identity{visit ? caller_of(visit->client()) : named("unknown"), role, visit};
  };
}

Identify identify_by_certificate() {
  return [](const grpc::ServerContextBase& context) {
    const auto auth = context.auth_context();
    if (auth == nullptr || !auth->IsPeerAuthenticated())
      return Identity{named("unknown"), std::nullopt, nullptr};
    const CertificateIdentity found = identify_certificate(properties(*auth, GRPC_PEER_URI_PROPERTY_NAME),
                                                           properties(*auth, GRPC_X509_CN_PROPERTY_NAME));
    return Identity{found.caller, found.role, nullptr};
  };
}

Identify identify_nobody() {
  return [](const grpc::ServerContextBase& context) {
    return Identity{named("unauthenticated " + context.peer()), Role::kAdmin, nullptr};
  };
}

Status authorise(const Identity& identity, Role needed) {
  if (identity.role && *identity.role >= needed) return {};
  const std::string may = identity.role ? "may only watch" : "has no role here";
  return Error{ErrorCode::kPermissionDenied, identity.caller.name + " " + may, "", ""};
}

}  // namespace demo
