#include "format/csv.h"

#include <fmt/format.h>

#include <cmath>

#include "format/text_width.h"

namespace demo::ctl {
namespace {

std::string field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace

std::string plain_number(double value) {
  if (value == std::floor(value)) return fmt::format("{:.0f}", value);
  std::string text = fmt::format("{:.3f}", value);
  text.erase(text.find_last_not_of('0') + 1);
  if (text.back() == '.') text.pop_back();
  return text;
}

std::string csv_heading(const Sheet& sheet) {
  std::string line;
  for (const Column& column : sheet.columns) line += (line.empty() ? "" : ",") + field(column.name);
  return line + '\n';
}

std::string csv_row(const std::vector<Cell>& row) {
  std::string line;
  bool first = true;
  for (const Cell& cell : row) {
    if (!first) line += ',';
    if (!cell.absent) line += cell.number ? plain_number(*cell.number) : field(printable(cell.text));
    first = false;
  }
  return line + '\n';
}

std::string render_csv(const Sheet& sheet) {
  std::string text = csv_heading(sheet);
  for (const auto& row : sheet.rows) text += csv_row(row);
  return text;
}

}  // namespace demo::ctl
