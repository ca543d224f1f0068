#include "format/json.h"

#include <fmt/format.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/util/json_util.h>

#include <cstdlib>

#include "format/csv.h"

namespace demo::ctl {
namespace {

std::string to_json(const google::protobuf::Message& message, bool pretty) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = pretty;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text, options).ok()) std::abort();
  return text;
}

std::string quoted(const std::string& text) {
  google::protobuf::Value value;
  value.set_string_value(text);
  return to_json(value, false);
}

}  // namespace

std::string pretty_json(const google::protobuf::Message& message) {
  std::string text = to_json(message, true);
  if (!text.ends_with('\n')) text += '\n';
  return text;
}

std::string line_json(const google::protobuf::Message& message) { return to_json(message, false) + '\n'; }

std::string row_json(const Sheet& sheet, const std::vector<Cell>& row) {
  std::string text = "{";
  for (std::size_t i = 0; i < row.size(); ++i) {
    const std::string value = row[i].number ? plain_number(*row[i].number) : quoted(row[i].text);
    text += fmt::format("{}{}:{}", i == 0 ? "" : ",", quoted(sheet.columns[i].name), value);
  }
  return text + '}';
}

std::string rows_json(const Sheet& sheet) {
  std::string text = "[";
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) {
    text += (i == 0 ? "\n " : ",\n ") + row_json(sheet, sheet.rows[i]);
  }
  return text + (sheet.rows.empty() ? "]\n" : "\n]\n");
}

}  // namespace demo::ctl
