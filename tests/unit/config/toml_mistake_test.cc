// What is no TOML is told in our words, whatever the parser says of it.
#include "config/toml_mistake.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "config_text.h"

namespace demo {
namespace {

struct Malformed {
  std::string text;
  std::string place;
  std::string told;
  bool is_syntax = true;  // no problem of a value that lacks its quotes, or of a name that is there twice
};

// Words of the parser that nobody but its authors knows.
bool is_raw(const std::string& told) {
  constexpr const char* kRaw[] = {"Error while", "saw ",        "ncountered", "prohibited",
                                  "codepoint",   "sequence",    "terminator", "bare key",
                                  "redefine",    "end-of-file", "EOF",        "scalar"};
  return std::ranges::any_of(kRaw, [&](const char* word) { return told.find(word) != std::string::npos; });
}

void expect_told(const std::vector<Malformed>& all) {
  for (const Malformed& malformed : all) {
    const auto told = messages(malformed.text);
    ASSERT_EQ(told.size(), 1U) << malformed.text;
    const char* const begin = malformed.is_syntax ? "this is no TOML: " : "";
    EXPECT_EQ(told[0], fmt::format("test.toml:{}: {}{}", malformed.place, begin, malformed.told));
    EXPECT_FALSE(is_raw(told[0])) << told[0];
  }
}

TEST(TomlMistake, TellsWhatIsWrongWithAKey) {
  expect_told({
      {"= 1\n", "1:1",
       "a line begins with \"=\": it begins with a key, with [ of a header, or with # of a comment"},
      {"a b = 1\n", "1:3", "a key has \"b\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"a =\n", "1:4",
       "a key has no value, but the end of the line: write KEY = VALUE, with a text in quotes"},
      {"a = # none\n", "1:5", "a key has no value, but \"#\": write KEY = VALUE, with a text in quotes"},
      {"a", "1:2", "the file ends behind a key: write KEY = VALUE"},
      {"a =", "1:4", "the file ends behind a key: write KEY = VALUE"},
      {"a.", "1:3",
       "a key has the end of the line where a name belongs: write letters, digits, - and _, or put the name "
       "in quotes"},
      {"a..b = 1\n", "1:3",
       "a key has \".\" where a name belongs: write letters, digits, - and _, or put the name in quotes"},
      {".a = 1\n", "1:1",
       "a line begins with \".\": it begins with a key, with [ of a header, or with # of a comment"},
      {"k\303\251y = 1\n", "1:2",
       "a key has \"\303\251\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"\"a = 1\n", "1:7",
       "a text has no closing quote in its line: add it, or begin and end a text of several lines with three "
       "quotes"},
      {"'''a''' = 1\n", "1:1", "a key is in one line: write it in one pair of quotes, or without"},
      {"\"\"\"a\"\"\" = 1\n", "1:1", "a key is in one line: write it in one pair of quotes, or without"},
      {"* = 1\n", "1:1",
       "a line begins with \"*\": it begins with a key, with [ of a header, or with # of a comment"},
      {"a = 1 b = 2\n", "1:7",
       "\"b\" stands behind a value: write one KEY = VALUE a line, several values as [1, 2], and # before a "
       "comment"},
      {"a = \"x\" \"y\"\n", "1:9",
       "\"\"\" stands behind a value: write one KEY = VALUE a line, several values as [1, 2], and # before a "
       "comment"},
      {"a: 1\n", "1:2", "a key has \":\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"// a\n", "1:1",
       "a line begins with \"/\": it begins with a key, with [ of a header, or with # of a comment"},
      {"{\n  \"a\": 1\n}\n", "1:1",
       "this looks like JSON: democtl config apply takes JSON, and the file is TOML, a KEY = VALUE a line"},
      {"a = 1\na.b = 2\n", "2:1", "a.b is there twice, first at 1:1: leave one of them out", false},
      {"b = {a = 1, a = 2}\n", "1:17", "the key is there twice: leave one of them out"},
  });
}

TEST(TomlMistake, TellsWhatIsWrongWithAHeader) {
  expect_told({
      {"[\n", "1:2",
       "a key has the end of the line where a name belongs: write letters, digits, - and _, or put the name "
       "in quotes"},
      {"[]\n", "1:2", "a header has no name: write [NAME], or [[NAME]] for one of several"},
      {"[a\n", "1:3",
       "a header goes wrong at the end of the line: write [NAME], or [[NAME]] for one of several"},
      {"[a]]\n", "1:4", "\"]\" stands behind a header: put it on a line of its own"},
      {"[[a]\n", "1:5",
       "a header goes wrong at the end of the line: write [NAME], or [[NAME]] for one of several"},
      {"[ [a]]\n", "1:3", "the brackets of [[NAME]] are apart: write [[ and ]] without a blank between"},
      {"[a b]\n", "1:4", "a header goes wrong at \"b\": write [NAME], or [[NAME]] for one of several"},
      {"[a] b\n", "1:5", "\"b\" stands behind a header: put it on a line of its own"},
      {"[a] = 1\n", "1:5", "\"=\" stands behind a header: put it on a line of its own"},
      {"[a.]\n", "1:4",
       "a key has \"]\" where a name belongs: write letters, digits, - and _, or put the name in quotes"},
      {"[a", "1:3", "the file ends within a header: write [NAME], or [[NAME]] for one of several"},
      {"[a]\n[a]\n", "2:2", "a is there twice, first at 1:2: leave one of them out", false},
      {"b = {}\n[b.c]\n", "2:7",
       "the header adds to a table in braces: write what it adds between the braces"},
      {"[a]\n[[a]]\n", "2:3", "a is there twice, first at 1:2: leave one of them out", false},
      {"a = [1]\n[[a]]\n", "2:3", "a is there twice, first at 1:1: leave one of them out", false},
  });
}

TEST(TomlMistake, TellsWhatIsWrongWithAnArrayOrATableInBraces) {
  expect_told({
      {"a = [1, 2\n", "1:11", "the file ends within an array: close it with ]"},
      {"a = [1 2]\n", "1:8",
       "an array has \"2\" behind a value: write a comma between values, and ] at the end"},
      {"a = [,]\n", "1:6", "an array has a comma without a value in front of it: leave it out"},
      {"a = [1,,2]\n", "1:8", "an array has a comma without a value in front of it: leave it out"},
      {"a = [\n  1\n  2\n]\n", "3:3",
       "an array has \"2\" behind a value: write a comma between values, and ] at the end"},
      {"a = [1}\n", "1:7",
       "an array has \"}\" behind a value: write a comma between values, and ] at the end"},
      {"a = ]\n", "1:5", "a key has no value, but \"]\": write KEY = VALUE, with a text in quotes"},
      {"a = [\"x\" y]\n", "1:10",
       "an array has \"y\" behind a value: write a comma between values, and ] at the end"},
      {"a = [x]\n", "1:6",
       "what stands here is no value: write a text in quotes, a number, true, false or an [array]"},
      {"a = {b = 1\n", "1:11",
       "a table in braces ends in its line: write {KEY = VALUE} in one line, or [NAME] and a KEY = VALUE a "
       "line"},
      {"a = {b = 1,}\n", "1:12", "a table in braces has a comma behind its last value: leave it out"},
      {"a = {,}\n", "1:6", "a table in braces has a comma without KEY = VALUE in front of it: leave it out"},
      {"a = {b = 1 c = 2}\n", "1:12",
       "a table in braces has \"c\" behind a value: write a comma between values"},
      {"a = {b}\n", "1:7", "a key has \"}\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"a = {\n  b = 1\n}\n", "1:6",
       "a table in braces ends in its line: write {KEY = VALUE} in one line, or [NAME] and a KEY = VALUE a "
       "line"},
      {"a = {b = 1", "1:11",
       "a table in braces ends in its line: write {KEY = VALUE} in one line, or [NAME] and a KEY = VALUE a "
       "line"},
      {"a = {1}\n", "1:7", "a key has \"}\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"a = {b: 1}\n", "1:7", "a key has \":\" where = belongs: write KEY = VALUE, and # before a comment"},
      {"a = }\n", "1:5", "a key has no value, but \"}\": write KEY = VALUE, with a text in quotes"},
      {"a = {b = 1]\n", "1:11",
       "a table in braces has \"]\" where a key belongs: write {KEY = VALUE, KEY = VALUE} in one line"},
      {"a = {=}\n", "1:6",
       "a table in braces has \"=\" where a key belongs: write {KEY = VALUE, KEY = VALUE} in one line"},
      {"a = [[1, 2]\n", "1:13", "the file ends within an array: close it with ]"},
  });
}

TEST(TomlMistake, TellsWhatIsWrongWithAText) {
  expect_told({
      {"a = \"x\n", "1:5", "a is \"x: a quote is missing, a = \"x\"", false},
      {"a = 'x\n", "1:5", "a is 'x: a quote is missing, a = \"x\"", false},
      {"a = \"x", "1:5", "a is \"x: a quote is missing, a = \"x\"", false},
      {"a = 'x", "1:5", "a is 'x: a quote is missing, a = \"x\"", false},
      {"a = \"\"\"x\n", "1:10", "the file ends within a text: close it with the quotes that it begins with"},
      {"a = '''x\n", "1:10", "the file ends within a text: close it with the quotes that it begins with"},
      {"a = \"\\q\"\n", "1:7",
       "a backslash in double quotes begins an escape such as \\n or \\\": write \\\\ for the backslash "
       "itself, or put the text in single quotes"},
      {"a = \"C:\\dir\"\n", "1:9",
       "a backslash in double quotes begins an escape such as \\n or \\\": write \\\\ for the backslash "
       "itself, or put the text in single quotes"},
      {"a = \"\\x41\"\n", "1:7",
       "a backslash in double quotes begins an escape such as \\n or \\\": write \\\\ for the backslash "
       "itself, or put the text in single quotes"},
      {"a = \"\\u12\"\n", "1:10",
       "an escape goes wrong at \"\"\": \\u takes 4 hexadecimal digits and \\U takes 8; for the backslash "
       "itself write \\\\"},
      {"a = \"\\ud800\"\n", "1:12",
       "an escape names no character: \\u0000 to \\ud7ff and \\ue000 to \\U0010ffff are allowed"},
      {"a = \"\\U00110000\"\n", "1:16",
       "an escape names no character: \\u0000 to \\ud7ff and \\ue000 to \\U0010ffff are allowed"},
      {"a = \"x\001y\"\n", "1:7",
       "a text holds a control character: write it as \\u and 4 hexadecimal digits in double quotes"},
      {"a = 'x\001y'\n", "1:7",
       "a text in single quotes holds a control character: write it as \\u and 4 hexadecimal digits in "
       "double quotes"},
      {"a = \"\"\"x \\ y\"\"\"\n", "1:12",
       "a backslash that joins two lines of a text has something behind it: end the line with it, or write "
       "\\\\ for the backslash itself"},
      {"a = \"x\"y\"\n", "1:8",
       "\"y\" stands behind a value: write one KEY = VALUE a line, several values as [1, 2], and # before a "
       "comment"},
      {"a = 1\rb = 2\n", "1:7", "a carriage return has no line feed behind it: end lines with a line feed"},
      {"a = \"x\" # \"\nb = \"\n", "2:5", "b is \": a quote is missing, b = \"\"", false},
      {"a = \"\"\"x\"\"\"\"\"\"\n", "1:14",
       "\"\"\" stands behind a value: write one KEY = VALUE a line, several values as [1, 2], and # before a "
       "comment"},
  });
}

TEST(TomlMistake, TellsWhatIsWrongWithANumberOrADate) {
  expect_told({
      {"a = [1_]\n", "1:7",
       "an array has \"_\" behind a value: write a comma between values, and ] at the end"},
      {"a = [_1]\n", "1:6", "an underscore in a number stands between two digits: write 1_000"},
      {"a = [1__0]\n", "1:8", "an underscore in a number stands between two digits: write 1_000"},
      {"a = [01]\n", "1:8", "a number does not begin with 0: leave the zeroes out"},
      {"a = [1.]\n", "1:8",
       "a number goes wrong at \"]\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [.1]\n", "1:6",
       "a number goes wrong at \".\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [1.2.3]\n", "1:9",
       "a number goes wrong at \".\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [0xg]\n", "1:8",
       "a number goes wrong at \"g\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [0x]\n", "1:8",
       "a number goes wrong at \"]\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [99999999999999999999]\n", "1:26",
       "a number is beyond 64 bits: write a smaller one, or a text in quotes"},
      {"a = [1e]\n", "1:8",
       "a number goes wrong at \"]\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [1e999999]\n", "1:14",
       "a number goes wrong at this place: write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [+]\n", "1:6",
       "what stands here is no value: write a text in quotes, a number, true, false or an [array]"},
      {"a = [0x1p]\n", "1:6",
       "a number goes wrong at this place: write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [tru]\n", "1:9", "a value goes wrong at \"tru]\": write true or false, and a text in quotes"},
      {"a = [True]\n", "1:6", "a value goes wrong at \"T\": write true or false, and a text in quotes"},
      {"a = [2024-13-01]\n", "1:13",
       "a date or time goes wrong at this place: dates are 2024-02-29, times 12:30:00, and a text is in "
       "quotes"},
      {"a = [2024-1-1]\n", "1:12",
       "a date or time goes wrong at \"-\": dates are 2024-02-29, times 12:30:00, and a text is in quotes"},
      {"a = [25:00:00]\n", "1:8",
       "a date or time goes wrong at this place: dates are 2024-02-29, times 12:30:00, and a text is in "
       "quotes"},
      {"a = [2024-01-01T]\n", "1:6",
       "what stands here is no value: write a text in quotes, a number, true, false or an [array]"},
      {"a = [2024-01-01T10:00:00+99:00]\n", "1:28",
       "a date or time goes wrong at this place: dates are 2024-02-29, times 12:30:00, and a text is in "
       "quotes"},
      {"a = [2024-01-01T10:00:00x]\n", "1:25",
       "a date or time goes wrong at \"x\": dates are 2024-02-29, times 12:30:00, and a text is in quotes"},
      {"a = [1 s]\n", "1:8",
       "an array has \"s\" behind a value: write a comma between values, and ] at the end"},
      {"a = [10.0.0.1]\n", "1:10",
       "a number goes wrong at \".\": write digits, such as 15, -15, 0x1f or 1.5, and a text in quotes"},
      {"a = [a", "1:6",
       "what stands here is no value: write a text in quotes, a number, true, false or an [array]"},
      {"a = [1-2]\n", "1:7",
       "a date or time goes wrong at \"-\": dates are 2024-02-29, times 12:30:00, and a text is in quotes"},
  });
}

TEST(TomlMistake, TellsWhatIsNoUtf8) {
  expect_told({
      {"a = \"\377\"\n", "1:5", "a character is not in UTF-8: save the file in UTF-8"},
      {"\377\376\n", "1:1", "a character is not in UTF-8: save the file in UTF-8"},
      {"# \303\n", "1:2", "a character is not in UTF-8: save the file in UTF-8"},
      {"a = \"\303", "1:5", "a is \"\\xc3: a quote is missing, a = \"\\xc3\"", false},
      {"a = \"\300\257\"\n", "1:5", "a character is not in UTF-8: save the file in UTF-8"},
      {"a = \"\355\240\200\"\n", "1:5", "a character is not in UTF-8: save the file in UTF-8"},
  });
}

TEST(TomlMistake, IsToldOfTextsThatNobodyWrote) {
  expect_told({
      {"a = " + std::string(300, '['), "1:261",
       "arrays and tables are nested in each other too deep: 256 levels at most"},
      {"a = [1" + std::string(200, '0') + "]\n", "1:6",
       "a number is beyond 64 bits: write a smaller one, or a text in quotes"},
  });
  for (const char* why : {"", "Error while parsing", "Error while parsing x: y saw 'z'", "anything"}) {
    EXPECT_FALSE(is_raw(toml_mistake(why, false))) << why;
  }
}

}  // namespace
}  // namespace demo
