#pragma once

#include <string>
#include <string_view>

namespace demo::ctl {

// Which of the two formats of a configuration a text is, by what it begins with: "config apply" takes JSON
// and "config apply-file" takes TOML. Pure; a byte order mark and blanks are passed over.

// A JSON object, which no TOML begins like.
bool begins_like_json(std::string_view text);

// A comment, a [header] or KEY = VALUE, which no JSON begins like: ["a"], [1] and [true] are arrays.
bool begins_like_toml(std::string_view text);

// "LINE:COLUMN" of the first byte that belongs to no UTF-8, both from 1, columns in characters; empty when
// there is none. Pure.
std::string place_of_no_utf8(std::string_view text);

}  // namespace demo::ctl
