#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "format/sheet.h"

// What stats --watch shows, as text: no terminal in here.
namespace demo::ctl {

enum class Style : std::uint8_t { kPlain, kTitle, kHeading, kStrong, kAlert };

struct StyledLine {
  std::string text;
  Style style = Style::kPlain;
};

// One table of the screen. The total of a sheet is strong, and kept when rows are left out.
struct Section {
  Sheet sheet = {};
  std::string row_name = {};                 // "worker": for "12 more workers"
  std::vector<std::size_t> alert_rows = {};  // shown in alarm
};

// Title, sections one below the other, at most `rows` lines of at most `columns`. Rows that do not fit are
// left out from the longest section first and counted.
std::vector<StyledLine> stats_screen(const std::string& title, const std::vector<Section>& sections,
                                     std::size_t columns, std::size_t rows);

}  // namespace demo::ctl
