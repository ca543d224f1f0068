#pragma once

#include <cstddef>
#include <span>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// A buffer of this size holds every error response.
inline constexpr std::size_t kErrorResponseBytes = 512;

// Writes a complete response that refuses or fails a request: status line, Date, Content-Type,
// Content-Length, `Connection: close` (keep: keep-alive, for 1.0 and 1.1) and a line of text that names the
// reason (its first 200 characters); for HEAD the same without the text. Returns the part of out that was
// written. Precondition: out holds kErrorResponseBytes. date: IMF-fixdate (RFC 9110 section 6.6.1).
std::string_view write_error_response(std::span<char> out, const Rejection& rejection, std::string_view date,
                                      bool head_only = false, bool keep = false);

}  // namespace demo
