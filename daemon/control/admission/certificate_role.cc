#include "control/admission/certificate_role.h"

#include <string_view>

namespace demo {
namespace {

constexpr std::string_view kUriPrefix = "demo-server:role:";

std::optional<Role> role_named(std::string_view name) {
  if (name == "admin") return Role::kAdmin;
  if (name == "viewer") return Role::kViewer;
  return std::nullopt;
}

}  // namespace

CertificateIdentity identify_certificate(const std::vector<std::string>& uris,
                                         const std::vector<std::string>& common_names) {
  CertificateIdentity identity;
  bool has_role_uri = false;
  for (const std::string& uri : uris) {
    if (!uri.starts_with(kUriPrefix)) continue;
    has_role_uri = true;
    const auto role = role_named(std::string_view(uri).substr(kUriPrefix.size()));
    if (role && (!identity.role || *role < *identity.role)) identity.role = role;
    if (identity.caller.name.empty()) identity.caller.name = "URI=" + uri;
  }
  if (common_names.empty()) return identity;
  const std::string& name = common_names.front();
  identity.caller.name = "CN=" + name;
  if (!has_role_uri) identity.role = role_named(std::string_view(name).substr(0, name.find(':')));
  return identity;
}

}  // namespace demo
