#include "config/config_diff.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string_view>

#include "base/printable.h"
#include "base/utf8.h"
#include "config/element_index.h"
#include "config/identity.h"
#include "config/value_text.h"

namespace demo {
namespace {

constexpr std::size_t kSummarisedLines = 50;
constexpr std::size_t kDiffValueBytes = 80;  // a longer value (a response's body) is shown by its beginning

struct Value {
  std::string path;
  std::string text;
};

// Lists the plain values of a section and of the sections in it; lists of sections are left out.
class ValueLister {
 public:
  ValueLister(std::string prefix, std::vector<Value>& values) : prefix_(std::move(prefix)), values_(values) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& form = {}) {
    if constexpr (Section<const T>) {
      ValueLister inner(fmt::format("{}{}.", prefix_, name), values_);
      for_each_field(value, inner);
    } else if constexpr (!SectionList<const T>) {
      values_.push_back({prefix_ + std::string(name), value_text(value, form.unit)});
    }
  }

 private:
  std::string prefix_;
  std::vector<Value>& values_;
};

template <typename T>
std::vector<Value> list_values(const T& section, std::string prefix) {
  std::vector<Value> values;
  ValueLister lister(std::move(prefix), values);
  for_each_field(section, lister);
  return values;
}

using Lines = std::vector<std::string>;

template <typename T>
void diff_values(const T& from, const T& to, const std::string& prefix, Lines& lines) {
  const std::vector<Value> before = list_values(from, prefix);
  const std::vector<Value> after = list_values(to, prefix);
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (before[i].text == after[i].text) continue;
    lines.push_back(
        fmt::format("{}: {} -> {}", before[i].path, shown_value(before[i].text), shown_value(after[i].text)));
  }
}

// An element of which only the identity is given.
Listener plain(const Listener& listener) {
  Listener result;
  result.address = listener.address;
  return result;
}
Backend plain(const Backend& backend) {
  Backend result;
  result.endpoint = backend.endpoint;
  return result;
}
Pool plain(const Pool& pool) {
  Pool result;
  result.name = pool.name;
  return result;
}

// What is special about a new element: " (tcp, pool \"api\")"; nothing when all is as by default.
template <typename T>
std::string describe(const T& element) {
  std::string text;
  const std::vector<Value> defaults = list_values(plain(element), "");
  const std::vector<Value> values = list_values(element, "");
  for (std::size_t i = 0; i < values.size(); ++i) {
    const bool is_mode = std::is_same_v<T, Listener> && values[i].path == "mode";
    if (!is_mode && values[i].text == defaults[i].text) continue;
    if (!text.empty()) text += ", ";
    text += is_mode ? values[i].text : fmt::format("{} {}", values[i].path, shown_value(values[i].text));
  }
  return text.empty() ? "" : fmt::format(" ({})", text);
}

template <typename T>
void diff_list(const std::vector<T>& from, const std::vector<T>& to, const std::string& path, Lines& lines) {
  const ElementIndex<T> before_of(from);
  const ElementIndex<T> after_of(to);
  for (const T& element : from) {
    if (after_of.find(element) == nullptr) lines.push_back(fmt::format("{}: - {}", path, identity(element)));
  }
  for (const T& element : to) {
    const T* before = before_of.find(element);
    if (before != nullptr && *before == element) continue;
    const std::string inner_path = fmt::format("{}.{}", path, identity(element));
    if (before == nullptr) {
      lines.push_back(fmt::format("{}: + {}{}", path, identity(element), describe(element)));
    } else {
      diff_values(*before, element, inner_path + ".", lines);
    }
    if constexpr (std::is_same_v<T, Pool>) {
      const std::vector<Backend> none;
      diff_list(before == nullptr ? none : before->backends, element.backends, inner_path + ".backends",
                lines);
    }
  }
}

}  // namespace

// Cut where a character ends, if it is text.
std::string shown_value(const std::string& text) {
  if (text.size() <= kDiffValueBytes) return text;
  std::size_t size = 0;
  while (size < kDiffValueBytes) size += piece_size(std::string_view(text).substr(size));
  // Of a text its quotes are no part.
  const bool quoted = text.starts_with('"') && text.ends_with('"');
  return fmt::format("{}... ({} bytes)", text.substr(0, size), text.size() - (quoted ? 2 : 0));
}

std::vector<std::string> diff_config(const Config& from, const Config& to) {
  Lines lines;
  diff_values(from, to, "", lines);
  diff_list(from.listeners, to.listeners, "listeners", lines);
  diff_list(from.pools, to.pools, "pools", lines);
  // Values are compared as they are, and told in lines of text: a body may be a picture.
  for (std::string& line : lines) line = printable(line);
  return lines;
}

std::string summarise_diff(const std::vector<std::string>& lines) {
  const std::size_t told = std::min(lines.size(), kSummarisedLines);
  const auto end = lines.begin() + static_cast<std::ptrdiff_t>(told);
  std::string text = fmt::format("{}", fmt::join(lines.begin(), end, "; "));
  if (told < lines.size()) text += fmt::format("; and {} more", lines.size() - told);
  return text;
}

}  // namespace demo
