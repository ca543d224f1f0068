#include "format/text_columns.h"

#include <algorithm>

#include "format/text_width.h"

namespace demo::ctl {

bool TextColumns::make_room(const std::vector<Cell>& cells) {
  std::vector<std::size_t> widths = widths_;
  widths.resize(cells.size(), shape_.least);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::size_t width = text_width(cells[i].text);
    if (width <= kMostWidth) widths[i] = std::max(widths[i], width);
  }
  const bool changed = widths != widths_;
  widths_ = std::move(widths);
  return changed;
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
