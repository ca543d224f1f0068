#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "base/result.h"
#include "config/changes.h"

namespace demo {

// A request that changes the desired state, as a value: what to do and how to call it in logs and events.
struct Mutation {
  std::string description;  // "add-backend default 10.0.0.3:80"
  Change change;
};

// Of a request that the mutation table has; of RemoveBackend the removal itself, without a drain. Pure.
// Errors are kInvalidArgument and name the field of the request.
Result<Mutation> mutation_of(const google::protobuf::Message& request);

}  // namespace demo
