#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

// How problems of a state are told to who wrote it. Pure.
namespace demo {

// The field as a path of the state: "listener.X" of an address that cannot be listened on is
// "listeners.VALUE.X".
std::string state_path(const Error& error);

// The message, behind "FIELD: " where it does not name the field.
std::string naming_field(const Error& error);

// All of them, one at least, as one error with field and value of the first: text::kToldProblems messages
// with separator between them, and how many more there are, behind more_name.
Error together(std::vector<Error> problems, std::string_view separator, std::string_view more_name = "");

// All of them, one at least, in one sentence, with each that it tells of as a part.
Error all_of(std::vector<Error> problems);

}  // namespace demo
