#include "values/setting.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

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

std::string setting_range(const api::Setting& setting, const FieldDescriptor& field) {
  return setting.range().empty() ? type_range(field) : setting.range();
}

std::string setting_help(const api::Setting& setting, const FieldDescriptor& field) {
  std::vector<std::string> notes;
  if (std::string range = setting_range(setting, field); !range.empty()) notes.push_back(std::move(range));
  if (!setting.default_().empty()) {
    const char* const quote = field.cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "\"" : "";
    notes.push_back(fmt::format("default {}{}{}", quote, setting.default_(), quote));
  }
  return notes.empty() ? setting.help() : fmt::format("{} ({})", setting.help(), fmt::join(notes, ", "));
}

}  // namespace demo::ctl
