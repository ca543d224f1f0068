#pragma once

#include <string_view>

namespace demo {

// The reason phrase of a status code (RFC 9110 section 15), "Unknown" for codes without one.
std::string_view reason_phrase(unsigned status);

// Whether a response with this status has no body whatever its fields say (RFC 9110 section 6.4.1).
constexpr bool status_has_no_body(unsigned status) { return status < 200 || status == 204 || status == 304; }

}  // namespace demo
