#include "config/file_keys.h"

#include <fmt/format.h>

namespace demo {

FileProblem problem_in_file(const FileKeys& keys, const FileKey& around, Error error) {
  std::string path = error.field;
  for (;;) {
    const auto found = keys.find(path);
    const std::size_t dot = path.rfind('.');
    if (found == keys.end() && dot != std::string::npos) {
      path.resize(dot);
      continue;
    }
    const bool is_value = found != keys.end() && path == error.field && !found->second.typed.empty();
    const FileKey& key = found == keys.end() ? around : found->second;
    const std::string rest = found == keys.end() ? error.field : error.field.substr(path.size());
    const std::string said = fmt::format("{} is \"{}\": ", error.field, error.value);
    const std::string name = key.name + rest;
    if (is_value && error.message.starts_with(said)) {
      error.message.replace(0, said.size(), fmt::format("{} is \"{}\": ", name, key.typed));
      error.value = key.typed;
    } else if (error.message.starts_with(error.field)) {
      error.message.replace(0, error.field.size(), name);
    }
    FilePlace place = key.place;
    for (const auto& [word, element] : key.elements) {
      if (path == error.field && word == error.value) place = element;
    }
    error.field = name;
    return {place, std::move(error)};
  }
}

}  // namespace demo
