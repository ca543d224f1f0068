#pragma once

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "config/duration.h"

namespace demo {

// "FIELD is "VALUE": WHY"; a reason that names the value itself says so alone, so that no name stands there
// twice. Pure.
inline std::string problem_text(std::string_view field, std::string_view value, std::string_view why) {
  if (!value.empty() && why.find(fmt::format("\"{}\"", value)) != std::string_view::npos) {
    return fmt::format("{}: {}", field, why);
  }
  return fmt::format("{} is \"{}\": {}", field, value, why);
}

// What validation found so far, and the path of the value that is being looked at.
class Problems {
 public:
  explicit Problems(std::vector<Error>& found) : found_(found) {}

  // A view of the same list whose fields start with "prefix.".
  Problems under(std::string_view prefix) const {
    Problems inner(found_);
    inner.prefix_ = prefix_ + std::string(prefix) + ".";
    return inner;
  }

  // "FIELD is VALUE: WHY".
  void add(std::string_view field, const std::string& value, std::string_view why) {
    const std::string path = prefix_ + std::string(field);
    found_.push_back(invalid(path, value, problem_text(path, value, why)));
  }

  template <typename Number>
  void require_range(std::string_view field, Number value, Number least, Number most) {
    if (value >= least && value <= most) return;
    add(field, fmt::format("{}", value), fmt::format("must be from {} to {}", least, most));
  }

  void require_duration(std::string_view field, std::chrono::milliseconds value,
                        std::chrono::milliseconds least) {
    if (value >= least && value <= limits::kConfiguredTimeMax) return;
    add(field, format_duration(value),
        fmt::format("must be from {} to {}", format_duration(least),
                    format_duration(limits::kConfiguredTimeMax)));
  }

 private:
  std::vector<Error>& found_;
  std::string prefix_;
};

}  // namespace demo
