#pragma once

#include <optional>
#include <string>
#include <vector>

#include "control/admission/role.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Who a client certificate says the caller is, and what that allows; no role: nothing.
struct CertificateIdentity {
  Caller caller;
  std::optional<Role> role;
};

// The subject alternative names of type URI decide: "demo-server:role:admin" or "demo-server:role:viewer". A
// certificate without any such URI has its role as its common name, or before the first ':' of it: "admin",
// "viewer:grafana". Both roles: viewer. Pure.
CertificateIdentity identify_certificate(const std::vector<std::string>& uris,
                                         const std::vector<std::string>& common_names);

}  // namespace demo
