#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "control/admission/caller_quota.h"
#include "control/admission/identity.h"
#include "control/connections/visit.h"

namespace demo {

// A caller who was let in, and the place that the call takes until it is over.
struct Pass {
  Caller caller;
  QuotaPlace place;
};

// Lets callers in at one endpoint: who may do what, and how much at once. What is under way at one endpoint,
// or for one user there, takes nothing from the others. Thread-safe; shared by the endpoint's services.
class Gate {
 public:
  // endpoint: its name, "monitor"; two gates have two names.
  Gate(std::string endpoint, Identify identify);

  Identity identity(const grpc::ServerContextBase& context) const { return identify_(context); }

  // Both: kPermissionDenied when the caller's role is less than needed, kResourceExhausted when the caller
  // has too many calls, or streams, under way already, or its visit is refused. needed: unset for whoever may
  // connect.
  Result<Pass> admit_call(const grpc::ServerContextBase& context, std::optional<Role> needed);
  Result<Pass> admit_stream(const grpc::ServerContextBase& context, std::optional<Role> needed);

 private:
  Result<Pass> admit(const grpc::ServerContextBase& context, std::optional<Role> needed, CallerQuota& quota,
                     Visit::Work work);

  const std::string endpoint_;
  const Identify identify_;
  CallerQuota calls_;
  CallerQuota streams_;
};

}  // namespace demo
