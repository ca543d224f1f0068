#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "format/sheet.h"

namespace demo::ctl {

// Rows that are printed as they come, one below the other in columns. A column is as wide as its widest cell
// so far: it grows, and never gives back. A cell of more than kMostWidth runs over, in its line alone.
class TextColumns {
 public:
  static constexpr std::size_t kMostWidth = 64;

  struct Shape {
    std::size_t least = 8;  // no column is narrower
    std::size_t gap = 1;    // between two columns
    Align align = Align::kRight;
  };
  explicit TextColumns(Shape shape) : shape_(shape) {}

  // Makes room for the cells of a row or of the headings. Whether any column changed, so that headings which
  // were printed before do not stand above theirs any more.
  bool make_room(const std::vector<Cell>& cells);

  // The cells as a line with its end, without blanks behind the last one. Precondition: there is room.
  std::string line(const std::vector<Cell>& cells) const;

 private:
  const Shape shape_;
  std::vector<std::size_t> widths_;
};

}  // namespace demo::ctl
