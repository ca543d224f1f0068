#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace demo {

// Where something stands in the file; both from 1, 0 when it is not known.
struct FilePlace {
  std::uint32_t line = 0;
  std::uint32_t column = 0;  // in characters
};

// The text of a file by lines and columns. Borrows the text.
class SourceText {
 public:
  // Without a byte order mark, which is in no column.
  explicit SourceText(std::string_view text);

  // What stands there, without the line's end; empty for a line that there is not.
  std::string_view line(std::uint32_t number) const;
  // All lines in front of that one.
  std::string_view in_front_of(std::uint32_t number) const;
  // From a place up to another one, or to the end of the line. Takes no longer for a long line that is asked
  // for again and again.
  std::string_view between(FilePlace begin, FilePlace end) const;

 private:
  // Bytes of the characters in front of a column of a line.
  std::size_t offset_of(std::uint32_t number, std::uint32_t column) const;

  std::string_view text_;
  std::vector<std::size_t> starts_;  // of the lines
  // Of the line that was asked for last: the offsets of each 64th character.
  mutable std::uint32_t marked_line_ = 0;
  mutable std::vector<std::size_t> marks_;
};

}  // namespace demo
