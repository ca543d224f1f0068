#include "config/told_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "text/told_problems.h"

namespace demo {

std::string state_path(const Error& error) {
  constexpr std::string_view kListener = "listener.";
  if (!error.field.starts_with(kListener)) return error.field;
  return fmt::format("listeners.{}.{}", error.value, error.field.substr(kListener.size()));
}

std::string naming_field(const Error& error) {
  const bool names_it = error.message.find(error.field) != std::string::npos;
  return names_it ? error.message : fmt::format("{}: {}", error.field, error.message);
}

Error together(std::vector<Error> problems, std::string_view separator, std::string_view more_name) {
  Error all = std::move(problems.front());
  const std::size_t told = std::min(problems.size(), text::kToldProblems);
  for (std::size_t i = 1; i < told; ++i) all.message += fmt::format("{}{}", separator, problems[i].message);
  if (const std::size_t more = problems.size() - told; more > 0)
    all.message += fmt::format("{}{}and {} more", separator, more_name, more);
  return all;
}

Error all_of(std::vector<Error> problems) {
  if (problems.size() == 1) return std::move(problems.front());
  Error all = together(problems, "; ");
  const std::size_t more = problems.size() - std::min(problems.size(), text::kToldProblems);
  problems.resize(problems.size() - more);
  if (more > 0) problems.push_back({all.code, fmt::format("and {} more", more), "", ""});
  all.parts = std::move(problems);
  return all;
}

}  // namespace demo
