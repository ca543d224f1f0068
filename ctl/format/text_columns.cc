#include "format/text_columns.h"

#include <algorithm>

#include "format/table.h"
#include "format/text_width.h"

namespace demo::ctl {

void TextColumns::grow(const Sheet& sheet) {
  for (std::size_t i = 0; i < sheet.columns.size(); ++i) {
    const Column& column = sheet.columns[i];
    std::size_t& width = grown_[column.name];
    width = std::max({width, shape_.least, column.width, text_width(column.name)});
    for (const auto& row : sheet.rows) {
      const std::size_t needed = text_width(row[i].text);
      if (needed <= kMostWidth) width = std::max(width, needed);
    }
  }
}

bool TextColumns::make_room(const Sheet& sheet) {
  grow(sheet);
  std::vector<std::string> names;
  std::vector<std::size_t> widths;
  for (const Column& column : sheet.columns) {
    names.push_back(column.name);
    widths.push_back(grown_[column.name]);
  }
  // Where cells begin at the left nothing moves when the last one grows.
  const auto moving = static_cast<std::ptrdiff_t>(widths.size()) - (shape_.align == Align::kLeft ? 1 : 0);
  const bool moved = names != names_ || !std::equal(widths.begin(), widths.begin() + moving, widths_.begin());
  names_ = std::move(names);
  widths_ = std::move(widths);
  return moved;
}

Sheet TextColumns::fitting(const Sheet& sheet, std::size_t width) {
  grow(sheet);
  Sheet bare;
  for (Column column : sheet.columns) {
    column.width = grown_[column.name];
    bare.columns.push_back(std::move(column));
  }
  std::vector<std::string> names;
  std::size_t taken = 0;
  // Figures are left out first; names that are longer than a table would cut them to, here.
  for (const std::size_t index : shown_columns(bare, {.width = width, .cut = true})) {
    taken += bare.columns[index].width + (names.empty() ? 0 : shape_.gap);
    if (!names.empty() && taken > width) break;
    names.push_back(sheet.columns[index].name);
  }
  return with_fields(sheet, names);
}

std::string TextColumns::line(const std::vector<Cell>& cells) const {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line.append(shape_.gap, ' ');
    const std::string& text = cells[i].text;
    line +=
        text_width(text) > widths_[i] ? text : fit_to_width(text, widths_[i], shape_.align == Align::kRight);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

}  // namespace demo::ctl
