#pragma once

#include <optional>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// Reads `method SP request-target SP HTTP-version` (RFC 9112 section 3) from line, which is without its CRLF,
// into the method, target, host and version members of head. Strict: one space each, no lenience about the
// target's characters. Returns why the line is refused, if it is: 400, 414, 501 (CONNECT, a method too long),
// 505.
std::optional<Rejection> read_request_line(std::string_view line, RequestHead& head);

// The same verdict on the beginning of a line whose end has not come yet: nothing when it may still become
// valid.
std::optional<Rejection> check_partial_request_line(std::string_view beginning);

}  // namespace demo
