#pragma once

#include "config/problems.h"
#include "config/traffic.h"

namespace demo {

// The rules of what server mode answers: the prebuilt head must be valid HTTP and keep its framing (RFC 9110
// sections 5.1, 5.5, 8.3.1 and 15, RFC 9112 section 6).
void check_own(const Response& response, Problems problems);

}  // namespace demo
