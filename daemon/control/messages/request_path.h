#pragma once

#include <google/protobuf/message.h>

#include "base/result.h"

namespace demo {

// A problem of a state as one of the request that asked for it: the field, and the message that begins with
// it, name the value by its path in the request, "pool.ejection.max_time" of an AddPool for
// "pools.api.ejection.max_time". One that is about nothing that the request holds stays as it is. Of its
// parts each. Pure.
Error in_request(Error error, const google::protobuf::Message& request);

}  // namespace demo
