#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "top/top_model.h"

namespace demo::ctl {

enum class FrameStyle : std::uint8_t {
  kPlain,
  kTitle,
  kHeading,
  kFocusedHeading,
  kSelected,
  kAlert,
  kFooter
};

struct FrameLine {
  std::string text;
  FrameStyle style = FrameStyle::kPlain;
  bool operator==(const FrameLine&) const = default;
};

// The whole picture: exactly `rows` lines of at most `columns`. Title, the four panes, footer; each pane
// shows the part of its rows that holds the selected one. Panes that find no room are left out, the focused
// one last.
std::vector<FrameLine> top_frame(const TopModel& model, std::size_t columns, std::size_t rows);

}  // namespace demo::ctl
