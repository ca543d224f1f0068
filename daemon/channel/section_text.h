#pragma once

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>

#include "channel/field_mark.h"
#include "channel/field_reader.h"
#include "channel/field_writer.h"

namespace demo {

// A section with all that is in it as bytes that begin with what this build understands under them: for a
// process of the same build, equal for equal sections, opaque to another.
template <Section T>
std::string section_text(const T& section) {
  std::string text = fmt::format("{:x} ", FieldMark::of<T>());
  FieldWriter write(text);
  for_each_field(section, write);
  return text;
}

// Nothing where another build wrote it, or it is damaged.
template <Section T>
std::optional<T> read_section(std::string_view text) {
  const std::string mark = fmt::format("{:x} ", FieldMark::of<T>());
  if (!text.starts_with(mark)) return std::nullopt;
  T section;
  FieldReader read(text.substr(mark.size()));
  for_each_field(section, read);
  if (!read.complete()) return std::nullopt;
  return section;
}

}  // namespace demo
