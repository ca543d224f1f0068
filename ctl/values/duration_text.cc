#include "values/duration_text.h"

#include <fmt/format.h>

namespace demo::ctl {

std::string format_age(std::int64_t seconds) {
  if (seconds < 60) return fmt::format("{}s", seconds < 0 ? 0 : seconds);
  if (seconds < 3600) return fmt::format("{}m {}s", seconds / 60, seconds % 60);
  if (seconds < 86'400) return fmt::format("{}h {}m", seconds / 3600, seconds / 60 % 60);
  return fmt::format("{}d {}h", seconds / 86'400, seconds / 3600 % 24);
}

}  // namespace demo::ctl
