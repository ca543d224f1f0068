#include "values/reset_name.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "failure.h"
#include "values/closest_word.h"
#include "values/field_value.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

using google::protobuf::Descriptor;

constexpr std::string_view kDashes = "--";

bool has(const std::vector<std::string>& paths, std::string_view path) {
  return std::ranges::find(paths, path) != paths.end();
}

// As people say it best: by the option, where that is not the name of a whole section too.
std::string short_name(const Descriptor& type, const std::vector<std::string>& paths,
                       const std::string& path) {
  const std::string& option = setting_of(type, path).option();
  if (option.empty()) return path;
  std::string name = option.substr(kDashes.size());
  return has(paths, name) ? path : name;
}

// The only one that ends in these steps.
std::optional<std::string> ending_in(const std::vector<std::string>& paths, std::string_view steps) {
  std::optional<std::string> found;
  const std::string end = fmt::format(".{}", steps);
  for (const std::string& path : paths) {
    if (path != steps && !path.ends_with(end)) continue;
    if (found) return std::nullopt;
    found = path;
  }
  return found;
}

std::optional<std::string> named_by_option(const Descriptor& type, const std::vector<std::string>& paths,
                                           std::string_view word) {
  if (word.starts_with(kDashes)) word.remove_prefix(kDashes.size());
  for (const std::string& path : paths) {
    const std::string& option = setting_of(type, path).option();
    if (!option.empty() && option.substr(kDashes.size()) == word) return path;
  }
  return std::nullopt;
}

}  // namespace

std::vector<std::string> reset_names(const Descriptor& type, const std::vector<std::string>& paths) {
  std::vector<std::string> names;
  names.reserve(paths.size());
  for (const std::string& path : paths) names.push_back(short_name(type, paths, path));
  return names;
}

std::string reset_path(const Descriptor& type, const std::vector<std::string>& paths, std::string_view word) {
  if (has(paths, word)) return std::string(word);
  if (const auto path = named_by_option(type, paths, word)) return *path;
  if (const auto path = ending_in(paths, word)) return *path;
  if (const auto path = ending_in(paths, without_unit(word)); path && is_time(field_at(type, *path))) {
    return *path;
  }
  throw usage_failure(not_one_of(word, reset_names(type, paths)));
}

}  // namespace demo::ctl
