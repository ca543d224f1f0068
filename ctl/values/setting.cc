#include "values/setting.h"

#include <fmt/format.h>

#include "values/field_value.h"

namespace demo::ctl {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

const api::Setting& setting_of(const Descriptor& type, std::string_view path) {
  return field_at(type, path).options().GetExtension(api::setting);
}

std::vector<std::string> setting_paths(const Descriptor& type) {
  std::vector<std::string> paths;
  for (const std::string& path : field_paths(type, {})) {
    if (!setting_of(type, path).option().empty()) paths.push_back(path);
  }
  return paths;
}

std::string setting_help(const api::Setting& setting, const FieldDescriptor& field) {
  if (setting.default_().empty()) return setting.help();
  const char* const quote = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "\"" : "";
  return fmt::format("{} (default {}{}{})", setting.help(), quote, setting.default_(), quote);
}

}  // namespace demo::ctl
