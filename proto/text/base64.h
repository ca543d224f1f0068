#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace demo::text {

// Bytes in the alphabet of RFC 4648 section 4, padded with "=". Pure.
std::string to_base64(std::string_view bytes);

// The way back; nothing for a text that to_base64() does not make.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace demo::text
