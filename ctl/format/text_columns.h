#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "format/sheet.h"

namespace demo::ctl {

// Rows that are printed as they come, one below the other in columns. A column is as wide as its heading and
// its widest cell so far: it grows, and never gives back. A cell of more than kMostWidth runs over, in its
// line alone.
class TextColumns {
 public:
  static constexpr std::size_t kMostWidth = 64;

  struct Shape {
    std::size_t least = 8;  // no column is narrower
    std::size_t gap = 1;    // between two columns
    Align align = Align::kRight;
  };
  explicit TextColumns(Shape shape) : shape_(shape) {}

  // Makes room for the headings and rows of the sheet. Whether headings that were printed before do not stand
  // above their columns any more: there are others, or one moved.
  bool make_room(const Sheet& sheet);

  // Makes its columns wide enough too, but is about those of which there is room for all in a line of this
  // width, in columns of the terminal, as widths stand now. The first always is; one that was left out stays
  // so.
  Sheet fitting(const Sheet& sheet, std::size_t width);

  // The cells as a line with its end, without blanks behind the last one. Precondition: there is room.
  std::string line(const std::vector<Cell>& cells) const;

 private:
  void grow(const Sheet& sheet);

  const Shape shape_;
  std::map<std::string, std::size_t> grown_;  // of every column by its name
  std::vector<std::string> names_;            // of the columns of a line
  std::vector<std::size_t> widths_;
};

}  // namespace demo::ctl
