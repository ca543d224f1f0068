#pragma once

#include <string>

#include "base/result.h"
#include "config/changes.h"
#include "demo/control/v1/control.pb.h"

// Each request that changes the desired state as a value: what to do and how to call it in logs and events.
// Pure. Errors are kInvalidArgument and name the field of the request.
namespace demo {

struct Mutation {
  std::string description;  // "add-backend default 10.0.0.3:80"
  Change change;
};

Result<Mutation> mutation_of(const control::v1::AddListenerRequest& request);
Result<Mutation> mutation_of(const control::v1::RemoveListenerRequest& request);
Result<Mutation> mutation_of(const control::v1::UpdateListenerRequest& request);

Result<Mutation> mutation_of(const control::v1::AddBackendRequest& request);
// The removal itself, without a drain.
Result<Mutation> mutation_of(const control::v1::RemoveBackendRequest& request);
Result<Mutation> mutation_of(const control::v1::UpdateBackendRequest& request);

Result<Mutation> mutation_of(const control::v1::AddPoolRequest& request);
Result<Mutation> mutation_of(const control::v1::RemovePoolRequest& request);
Result<Mutation> mutation_of(const control::v1::UpdatePoolRequest& request);

Result<Mutation> mutation_of(const control::v1::SetKeepaliveRequest& request);
Result<Mutation> mutation_of(const control::v1::SetAcceptModeRequest& request);
Result<Mutation> mutation_of(const control::v1::SetWorkersRequest& request);
Result<Mutation> mutation_of(const control::v1::SetResponseRequest& request);
Result<Mutation> mutation_of(const control::v1::SetForwardingRequest& request);
Result<Mutation> mutation_of(const control::v1::SetClientLimitsRequest& request);
Result<Mutation> mutation_of(const control::v1::SetLogLevelRequest& request);

}  // namespace demo
