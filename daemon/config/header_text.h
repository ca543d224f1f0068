#pragma once

#include <string_view>

// The texts of header fields that the operator gives. Pure.
namespace demo {

// RFC 9110 section 5.6.2.
bool is_token(std::string_view text);

// RFC 9110 section 5.5: no control characters but the tab, no blank at either end. Bytes beyond ASCII
// (obs-text) are taken as they are: what they mean is for whoever reads the field.
bool is_field_value(std::string_view text);

// RFC 9110 section 8.3.1: "text/plain", "text/html; charset=\"utf-8\"".
bool is_media_type(std::string_view text);

// Without the blanks and tabs at either end, which are no part of a field's value (RFC 9110 section 5.5).
std::string_view without_blanks(std::string_view text);

}  // namespace demo
