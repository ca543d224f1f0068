#include "config/source_text.h"

#include <algorithm>

namespace demo {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

constexpr std::uint32_t kMarkDistance = 64;

// The next character's start. Text that TOML takes is UTF-8.
std::size_t next_character(std::string_view line, std::size_t offset) {
  ++offset;
  while (offset < line.size() && (static_cast<unsigned char>(line[offset]) & 0xC0U) == 0x80U) ++offset;
  return offset;
}

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text), starts_{0} {
  if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
  for (std::size_t i = text_.find('\n'); i != std::string_view::npos; i = text_.find('\n', i + 1)) {
    starts_.push_back(i + 1);
  }
}

std::string_view SourceText::line(std::uint32_t number) const {
  if (number == 0 || number > starts_.size()) return "";
  const std::size_t start = starts_[number - 1];
  const std::size_t end = number < starts_.size() ? starts_[number] - 1 : text_.size();
  const std::string_view line = text_.substr(start, end - start);
  return line.ends_with('\r') ? line.substr(0, line.size() - 1) : line;
}

std::string_view SourceText::in_front_of(std::uint32_t number) const {
  if (number == 0 || number > starts_.size()) return text_;
  return text_.substr(0, starts_[number - 1]);
}

std::size_t SourceText::offset_of(std::uint32_t number, std::uint32_t column) const {
  const std::string_view line = this->line(number);
  if (marked_line_ != number) {
    marked_line_ = number;
    marks_.clear();
    std::size_t offset = 0;
    for (std::size_t i = 0; offset < line.size(); offset = next_character(line, offset), ++i) {
      if (i % kMarkDistance == 0) marks_.push_back(offset);
    }
  }
  const std::uint32_t characters = std::max(column, 1U) - 1;
  const std::size_t mark = characters / kMarkDistance;
  if (mark >= marks_.size()) return line.size();
  std::size_t offset = marks_[mark];
  for (std::uint32_t left = characters % kMarkDistance; left > 0 && offset < line.size(); --left) {
    offset = next_character(line, offset);
  }
  return std::min(offset, line.size());
}

std::string_view SourceText::between(FilePlace begin, FilePlace end) const {
  const std::string_view line = this->line(begin.line);
  const std::size_t from = offset_of(begin.line, begin.column);
  const std::size_t to = end.line == begin.line ? offset_of(end.line, end.column) : line.size();
  return line.substr(from, std::max(from, to) - from);
}

}  // namespace demo
