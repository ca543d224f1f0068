#pragma once

#include <cstddef>
#include <string_view>

namespace demo {

// As many bytes as the question needs.
inline constexpr std::size_t kStrayLook = std::string_view("HTTP/1.1 408").size();

// Whether bytes that a backend sends unasked look like the answer to some request, which the next one on this
// connection would get. One that says 408 before it closes speaks of the connection alone (RFC 9110 section
// 15.5.9). Fewer bytes than kStrayLook are judged by what they begin.
bool is_stray_response(std::string_view bytes);

}  // namespace demo
