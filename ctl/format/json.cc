#include "format/json.h"

#include <fmt/format.h>

#include "format/csv.h"
#include "json/quote.h"
#include "json/write_message.h"

namespace demo::ctl {
namespace {

std::string cell_json(const Cell& cell) {
  if (cell.absent) return "null";
  return cell.number ? plain_number(*cell.number) : json::quote(cell.text);
}

}  // namespace

std::string pretty_json(const google::protobuf::Message& message) {
  return json::write_message(message, json::Layout::kIndented) + '\n';
}

std::string line_json(const google::protobuf::Message& message) {
  return json::write_message(message, json::Layout::kOneLine) + '\n';
}

std::string row_json(const Sheet& sheet, const std::vector<Cell>& row) {
  std::string text = "{";
  for (std::size_t i = 0; i < row.size(); ++i) {
    text += fmt::format("{}{}:{}", i == 0 ? "" : ",", json::quote(sheet.columns[i].name), cell_json(row[i]));
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
