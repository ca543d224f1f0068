#include "top/top_frame.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>

#include "format/table.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

constexpr std::array<Pane, kPanes> kAllPanes{Pane::kCores, Pane::kListeners, Pane::kBackends, Pane::kEvents};
constexpr std::size_t kShortestPane = 3;  // heading and two rows

// Lines of each pane: what it wants, taken from the longest until all fit; events take what is left over.
std::array<std::size_t, kPanes> pane_sizes(const std::array<std::vector<std::string>, kPanes>& panes,
                                           Pane focus, std::size_t space) {
  std::array<std::size_t, kPanes> sizes{};
  for (std::size_t i = 0; i < kPanes; ++i) sizes[i] = std::max<std::size_t>(panes[i].size(), 2);
  const auto total = [&] { return std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}); };
  while (total() > space) {
    auto longest = std::max_element(sizes.begin(), sizes.end());
    if (*longest > kShortestPane) {
      --*longest;
      continue;
    }
    // Too small for all: panes go from the last to the first, the focused one stays.
    std::size_t victim = kPanes;
    for (std::size_t i = 0; i < kPanes; ++i) {
      if (sizes[i] > 0 && kAllPanes[i] != focus) victim = i;
    }
    if (victim == kPanes) {
      sizes[static_cast<std::size_t>(focus)] = space;
      break;
    }
    sizes[victim] = 0;
  }
  const auto events = static_cast<std::size_t>(Pane::kEvents);
  const std::size_t last = sizes[events] > 0 ? events : static_cast<std::size_t>(focus);
  sizes[last] += space - std::min(space, total());
  return sizes;
}

// Of the words that a health begins with, those of a backend that serves nothing though it should.
bool is_alarming(std::string_view health) {
  constexpr std::array<std::string_view, 5> kWords = {"down", "ejected", "failing", "unresolved", "loop"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [health](std::string_view word) { return health.starts_with(word); });
}

// Rows of a cores or backends pane that need attention.
bool alarming(Pane pane, const std::vector<Cell>& row) {
  if (pane == Pane::kCores) return row[1].text == "dead";
  if (pane == Pane::kBackends) return is_alarming(row[3].text);
  return false;
}

void add_pane(std::vector<FrameLine>& frame, const TopModel& model, Pane pane, const Sheet& sheet,
              const std::vector<std::string>& lines, std::size_t size) {
  if (size == 0) return;
  const bool focused = pane == model.focus();
  frame.push_back({lines[0], focused ? FrameStyle::kFocusedHeading : FrameStyle::kHeading});
  const std::size_t space = size - 1;
  const std::size_t rows = lines.size() - 1;
  const std::size_t selected = model.selected(pane, rows);
  const std::size_t first = std::min(selected >= space ? selected - space + 1 : 0, rows);
  for (std::size_t i = 0; i < space; ++i) {
    const std::size_t row = first + i;
    if (row >= rows) {
      frame.push_back({});
    } else if (focused && row == selected) {
      frame.push_back({lines[row + 1], FrameStyle::kSelected});
    } else {
      frame.push_back(
          {lines[row + 1], alarming(pane, sheet.rows[row]) ? FrameStyle::kAlert : FrameStyle::kPlain});
    }
  }
}

}  // namespace

std::vector<FrameLine> top_frame(const TopModel& model, std::size_t columns, std::size_t rows) {
  if (rows == 0) return {};
  std::array<Sheet, kPanes> sheets;
  std::array<std::vector<std::string>, kPanes> panes;
  for (std::size_t i = 0; i < kPanes; ++i) {
    sheets[i] = model.sheet(kAllPanes[i]);
    panes[i] = table_lines(sheets[i], {.width = columns, .cut = true});
  }
  std::vector<FrameLine> frame{{model.title(), FrameStyle::kTitle}};
  const auto sizes = pane_sizes(panes, model.focus(), rows > 2 ? rows - 2 : 0);
  for (std::size_t i = 0; i < kPanes; ++i)
    add_pane(frame, model, kAllPanes[i], sheets[i], panes[i], sizes[i]);
  frame.resize(rows);
  if (rows > 1) frame.back() = {model.footer(), FrameStyle::kFooter};
  for (FrameLine& line : frame) line.text = cut_to_width(line.text, columns);
  return frame;
}

}  // namespace demo::ctl
