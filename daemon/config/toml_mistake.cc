#include "config/toml_mistake.h"

#include <fmt/format.h>

#include <array>

#include "text/cut.h"
#include "text/utf8.h"

namespace demo {
namespace {

// What the parser says when it stands still within `scope` for a reason that holds `reason`; both may be
// empty, for any. `told` is what we say, {} what stands there in place of what should.
struct Mistake {
  std::string_view scope;
  std::string_view reason;
  std::string_view told;
};

constexpr std::string_view kEndOfFile = "encountered end-of-file";
constexpr std::string_view kTextOfOneLine =
    "a text has no closing quote in its line: add it, or begin and end a text of several lines with three "
    "quotes";
constexpr std::string_view kBracesOfOneLine =
    "a table in braces ends in its line: write {KEY = VALUE} in one line, or [NAME] and a KEY = VALUE a line";
constexpr std::string_view kUnderscore = "an underscore in a number stands between two digits: write 1_000";
constexpr std::string_view kNoNumber =
    "a number goes wrong at {}: write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes";
constexpr std::string_view kNoDate =
    "a date or time goes wrong at {}: dates are 2024-02-29, times 12:30:00, and a text is in quotes";
constexpr std::string_view kEscape =
    "a backslash in double quotes begins an escape such as \\n or \\\": write \\\\ for the backslash itself, "
    "or put the text in single quotes";

// The first that fits is told.
constexpr std::array kMistakes = std::to_array<Mistake>({
    {"", "vertical tabs", "a vertical tab or form feed stands between lines: end lines with a line feed"},
    {"", "after '\\r'", "a carriage return has no line feed behind it: end lines with a line feed"},
    {"comment", "", "a comment holds a control character: take it out, only tabs are allowed"},

    {"string", kEndOfFile, "the file ends within a text: close it with the quotes that it begins with"},
    {"literal string", kEndOfFile,
     "the file ends within a text: close it with the quotes that it begins with"},
    {"string", "control characters",
     "a text holds a control character: write it as \\u and 4 hexadecimal digits in double quotes"},
    {"literal string", "control characters",
     "a text in single quotes holds a control character: write it as \\u and 4 hexadecimal digits in double "
     "quotes"},
    {"string", "line-ending backslashes",
     "a backslash that joins two lines of a text has something behind it: end the line with it, or write "
     "\\\\ "
     "for the backslash itself"},
    {"string", "", kEscape},
    {"literal string", "", "a text holds a character that there is not: take it out"},
    {"unicode scalar sequence", kEndOfFile,
     "the file ends within a text: close it with the quotes that it begins with"},
    {"unicode scalar sequence", "hex digit",
     "an escape goes wrong at {}: \\u takes 4 hexadecimal digits and \\U takes 8; for the backslash itself "
     "write \\\\"},
    {"unicode scalar sequence", "",
     "an escape names no character: \\u0000 to \\ud7ff and \\ue000 to \\U0010ffff are allowed"},

    {"key", "multi-line", "a key is in one line: write it in one pair of quotes, or without"},
    {"key", "",
     "a key has {} where a name belongs: write letters, digits, - and _, or put the name in quotes"},
    {"table header", "contiguous",
     "the brackets of [[NAME]] are apart: write [[ and ]] without a blank between"},
    {"table header", "blank bare keys", "a header has no name: write [NAME], or [[NAME]] for one of several"},
    {"table header", "expected ']'",
     "a header goes wrong at {}: write [NAME], or [[NAME]] for one of several"},
    {"table header", "comment or whitespace", "{} stands behind a header: put it on a line of its own"},
    {"table header", kEndOfFile,
     "the file ends within a header: write [NAME], or [[NAME]] for one of several"},
    {"table header", "inline table",
     "the header adds to a table in braces: write what it adds between the braces"},
    {"table header", "", "the name of the header stands for something else before: leave one of them out"},
    {"key-value pair", "expected '='",
     "a key has {} where = belongs: write KEY = VALUE, and # before a comment"},
    {"key-value pair", "expected value",
     "a key has no value, but {}: write KEY = VALUE, with a text in quotes"},
    {"key-value pair", "comment or whitespace",
     "{} stands behind a value: write one KEY = VALUE a line, several values as [1, 2], and # before a "
     "comment"},
    {"key-value pair", "redefine", "the key is there twice: leave one of them out"},
    {"key-value pair", "", "the file ends behind a key: write KEY = VALUE"},
    {"root table", "saw '{'",
     "this looks like JSON: democtl config apply takes JSON, and the file is TOML, a KEY = VALUE a line"},
    {"root table", "",
     "a line begins with {}: it begins with a key, with [ of a header, or with # of a comment"},

    {"array", "saw comma", "an array has a comma without a value in front of it: leave it out"},
    {"array", kEndOfFile, "the file ends within an array: close it with ]"},
    {"array", "", "an array has {} behind a value: write a comma between values, and ] at the end"},
    {"inline table", "saw comma",
     "a table in braces has a comma without KEY = VALUE in front of it: leave it out"},
    {"inline table", "dangling comma", "a table in braces has a comma behind its last value: leave it out"},
    {"inline table", kEndOfFile, "the file ends within a table in braces: close it with }} in the same line"},
    {"inline table", "expected comma",
     "a table in braces has {} behind a value: write a comma between values"},
    {"inline table", "",
     "a table in braces has {} where a key belongs: write {{KEY = VALUE, KEY = VALUE}} in one line"},

    {"boolean", "", "a value goes wrong at {}: write true or false, and a text in quotes"},
    {"", "underscores", kUnderscore},
    {"", "leading zeroes", "a number does not begin with 0: leave the zeroes out"},
    {"", "representable", "a number is beyond 64 bits: write a smaller one, or a text in quotes"},
    {"", "length limit", "a number is beyond 64 bits: write a smaller one, or a text in quotes"},
    {"", "too long to identify", "a number is beyond 64 bits: write a smaller one, or a text in quotes"},
    {"value", "nested value depth",
     "arrays and tables are nested in each other too deep: 256 levels at most"},
    {"value", "",
     "what stands here is no value: write a text in quotes, a number, true, false or an [array]"},
    {"date-time offset", "", kNoDate},
    {"date-time", "", kNoDate},
    {"date", "", kNoDate},
    {"time", "", kNoDate},
    {"floating-point", "", kNoNumber},
    {"hexadecimal floating-point", "", kNoNumber},
    {"binary integer", "", kNoNumber},
    {"octal integer", "", kNoNumber},
    {"decimal integer", "", kNoNumber},
    {"hexadecimal integer", "", kNoNumber},
});

// What the parser met in place of what it looked for.
std::string met(std::string_view reason, bool at_line_end) {
  constexpr std::string_view kSaw = "saw '";
  if (at_line_end) return "the end of the line";
  const std::size_t saw = reason.find(kSaw);
  if (saw == std::string_view::npos) return "this place";
  const std::string_view rest = reason.substr(saw + kSaw.size());
  const std::string_view character = rest.substr(0, rest.rfind('\''));
  if (character == "EOF") return "the end of the file";
  return fmt::format("\"{}\"", text::cut(character));
}

}  // namespace

std::string toml_mistake(std::string_view why, bool at_line_end) {
  constexpr std::string_view kPrefix = "Error while parsing ";
  // The reader of characters speaks without it.
  if (!why.starts_with(kPrefix)) return std::string(text::kFileNotInUtf8);
  why.remove_prefix(kPrefix.size());
  const std::size_t colon = why.find(": ");
  const std::string_view scope = why.substr(0, colon);
  const std::string_view reason = colon == std::string_view::npos ? "" : why.substr(colon + 2);
  const bool is_text = scope == "string" || scope == "literal string";
  if (is_text && at_line_end && reason.find("control characters") != std::string_view::npos) {
    return std::string(kTextOfOneLine);
  }
  if (scope == "inline table" && at_line_end) return std::string(kBracesOfOneLine);
  for (const Mistake& mistake : kMistakes) {
    if (!mistake.scope.empty() && mistake.scope != scope) continue;
    if (reason.find(mistake.reason) == std::string_view::npos) continue;
    return fmt::format(fmt::runtime(mistake.told), met(reason, at_line_end));
  }
  return "it goes wrong here: write KEY = VALUE or [NAME] on a line";
}

}  // namespace demo
