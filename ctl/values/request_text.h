#pragma once

#include <google/protobuf/message.h>

namespace demo::ctl {

// Throws a usage Failure for a request that holds text which is not UTF-8, such as the path of a unix socket
// in another encoding: the API has no other strings, and it would not arrive.
void require_utf8(const google::protobuf::Message& request);

// Throws a usage Failure for a request that is longer than the daemon takes one.
void require_size(const google::protobuf::Message& request);

}  // namespace demo::ctl
