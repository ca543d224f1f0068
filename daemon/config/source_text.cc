#include "config/source_text.h"

#include <algorithm>

namespace demo {
namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// Bytes of the characters in front of a column. Text that TOML takes is UTF-8.
std::size_t offset_of(std::string_view line, std::uint32_t column) {
  std::size_t offset = 0;
  while (column > 1 && offset < line.size()) {
    ++offset;
    while (offset < line.size() && (static_cast<unsigned char>(line[offset]) & 0xC0U) == 0x80U) ++offset;
    --column;
  }
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
  const std::string_view rest = text_.substr(starts_[number - 1]);
  return rest.substr(0, rest.find_first_of("\r\n"));
}

std::string_view SourceText::between(FilePlace begin, FilePlace end) const {
  const std::string_view line = this->line(begin.line);
  const std::size_t from = offset_of(line, begin.column);
  const std::size_t to = end.line == begin.line ? offset_of(line, end.column) : line.size();
  return line.substr(from, std::max(from, to) - from);
}

}  // namespace demo
