#pragma once

#include <google/protobuf/message.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "json/spelling.h"
#include "text/told_problems.h"

namespace demo::json {

// Why a text is no such message, and where.
struct Problem {
  std::size_t line = 1;    // from 1
  std::size_t column = 1;  // from 1, in characters
  std::string path;        // of the field, "listeners[0].mode"; empty: no field is to blame
  std::string reason;      // a clause that quotes the value; printable

  // "3:17: listeners[0].mode: \"autp\" is not one of auto, server, did you mean \"auto\"?".
  std::string text() const;
};

// What to do about a field that the message does not have.
enum class Unknown : std::uint8_t { kRefused, kLeftOut };

// Where the values of a text start, by path: bytes behind a byte order mark.
using Offsets = std::map<std::string, std::size_t, std::less<>>;

struct ReadOptions {
  Unknown unknown = Unknown::kRefused;
  RangeOf range_of = {};
  Offsets* offsets = nullptr;  // gets those of all values that are read; borrowed
};

using text::kToldProblems;

struct Reading {
  std::vector<Problem> problems;     // in the order of the text; any: the message is half filled
  std::size_t more = 0;              // problems beyond the first kToldProblems
  bool broken = false;               // the text is no JSON, which is the last problem; the rest is unread
  std::vector<std::string> unknown;  // paths of what was left out, in the order of the text
};

// JSON (RFC 8259) as write_message() spells it into a message that is empty. A byte order mark, the names and
// spellings of protobuf's own JSON, and null for a field that is not set are taken too. A field that is there
// twice is refused. What cannot be read is passed over, so that all problems are told; a text that is no JSON
// is read up to there. Any text is safe, however deep it nests.
//
// A string for bytes is text. It was base64 in protobuf's spelling, and is read so in a text that names enums
// only as that does (ACCEPT_MODE_SHARED); one that names them both ways has to say {"text": "..."} or
// {"base64": "..."}, as every text may.
Reading read_message(std::string_view json, google::protobuf::Message& message,
                     const ReadOptions& options = {});

// A problem with the line and column of an offset into the text; a byte order mark counts nowhere.
Problem problem_at(std::string_view json, std::size_t offset, std::string path, std::string reason);

// Why a text is not one JSON value (RFC 8259) of UTF-8, nothing when it is. Any text is safe.
std::optional<Problem> syntax_problem(std::string_view json);

}  // namespace demo::json
