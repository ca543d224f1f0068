#include "top/top_frame.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string_view>
#include <utility>

#include "format/table.h"
#include "format/text_width.h"
#include "top/key_help.h"

namespace demo::ctl {
namespace {

constexpr std::array<Pane, kPanes> kAllPanes{Pane::kCores, Pane::kListeners, Pane::kBackends, Pane::kEvents};
constexpr std::size_t kShortestPane = 3;  // heading and two rows

// What one pane shows: its rows, and the lines of the heading and of each of them.
struct PaneText {
  Sheet sheet;
  std::vector<std::vector<std::string>> rows;

  std::size_t lines() const {
    return std::accumulate(rows.begin(), rows.end(), std::size_t{0},
                           [](std::size_t sum, const auto& row) { return sum + row.size(); });
  }
};

using PaneTexts = std::array<PaneText, kPanes>;

// The past of the rows takes what the other columns leave of the width.
PaneText pane_text(const TopModel& model, Pane pane, std::size_t columns) {
  const TableShape shape{.width = columns, .cut = true};
  PaneText text{model.sheet(pane), {}};
  const std::size_t spare = columns - std::min(table_width(text.sheet, shape), columns);
  if (spare > 0) {
    text.sheet = model.sheet(pane, std::min(TopModel::kPastColumnsLeast + spare, TopModel::kPast));
  }
  text.rows = table_rows(text.sheet, shape);
  return text;
}

// Lines of each pane: what it wants, taken from the longest until all fit; events take what is left over.
std::array<std::size_t, kPanes> pane_sizes(const PaneTexts& panes, Pane focus, std::size_t space) {
  std::array<std::size_t, kPanes> sizes{};
  for (std::size_t i = 0; i < kPanes; ++i) sizes[i] = std::max<std::size_t>(panes[i].lines(), 2);
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
  constexpr std::array<std::string_view, 6> kWords = {"down",       "ejected", "failing",
                                                      "unresolved", "waiting", "loop"};
  return std::any_of(kWords.begin(), kWords.end(),
                     [health](std::string_view word) { return health.starts_with(word); });
}

// Rows of a cores or backends pane that need attention.
bool alarming(Pane pane, const std::vector<Cell>& row) {
  if (pane == Pane::kCores) return row[1].text == "dead";
  if (pane == Pane::kBackends) return is_alarming(row[3].text);
  return false;
}

void add_pane(std::vector<FrameLine>& frame, const TopModel& model, Pane pane, const PaneText& text,
              std::size_t size) {
  if (size == 0) return;
  const bool focused = pane == model.focus();
  frame.push_back({text.rows[0][0], focused ? FrameStyle::kFocusedHeading : FrameStyle::kHeading});
  const std::size_t space = size - 1;
  const std::size_t rows = text.rows.size() - 1;
  const std::size_t selected = model.selected(pane, rows);
  std::vector<FrameLine> lines;
  std::size_t first = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    const std::size_t begin = lines.size();
    FrameStyle style = alarming(pane, text.sheet.rows[row]) ? FrameStyle::kAlert : FrameStyle::kPlain;
    if (focused && row == selected) style = FrameStyle::kSelected;
    for (const std::string& line : text.rows[row + 1]) lines.push_back({line, style});
    // Down to the end of the chosen row, or as much of it as there is room for.
    if (row == selected && lines.size() > space) first = std::min(begin, lines.size() - space);
  }
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(first));
  lines.resize(space);
  frame.insert(frame.end(), lines.begin(), lines.end());
}

// The keys in place of the panes.
void add_help(std::vector<FrameLine>& frame, std::size_t columns) {
  Sheet keys;
  keys.columns = {{"key"}, {"what it does", Align::kLeft, 0, 0, true}};
  for (const KeyHelp& key : key_help()) keys.rows.push_back({key.keys, key.does});
  FrameStyle style = FrameStyle::kHeading;
  for (std::string& line : table_lines(keys, {.width = columns, .cut = true})) {
    frame.push_back({std::move(line), style});
    style = FrameStyle::kPlain;
  }
  frame.push_back({});
  frame.push_back({"democtl help top and democtl(1) tell more", FrameStyle::kPlain});
}

// As many lines as it needs, but no more than a quarter of the screen.
std::vector<FrameLine> footer_lines(const TopModel& model, std::size_t columns, std::size_t rows) {
  const std::string text = model.footer();
  std::vector<std::string> lines = wrap_to_width(text, std::max<std::size_t>(columns, 1));
  if (lines.size() > std::max<std::size_t>(rows / 4, 1)) lines = {text};
  std::vector<FrameLine> footer;
  for (std::string& line : lines) footer.push_back({std::move(line), FrameStyle::kFooter});
  return footer;
}

}  // namespace

std::vector<FrameLine> top_frame(const TopModel& model, std::size_t columns, std::size_t rows) {
  if (rows == 0) return {};
  std::vector<FrameLine> frame{{model.title(), FrameStyle::kTitle}};
  const std::vector<FrameLine> footer = footer_lines(model, columns, rows);
  const std::size_t above = rows - std::min(footer.size(), rows - 1);
  if (model.shows_help()) {
    add_help(frame, columns);
  } else {
    PaneTexts panes;
    for (std::size_t i = 0; i < kPanes; ++i) panes[i] = pane_text(model, kAllPanes[i], columns);
    const auto sizes = pane_sizes(panes, model.focus(), above - 1);
    for (std::size_t i = 0; i < kPanes; ++i) add_pane(frame, model, kAllPanes[i], panes[i], sizes[i]);
  }
  frame.resize(above);
  frame.insert(frame.end(), footer.begin(), footer.end());
  frame.resize(rows);
  for (FrameLine& line : frame) line.text = cut_to_width(line.text, columns);
  return frame;
}

}  // namespace demo::ctl
