#include "figures/backend_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "format/text_width.h"

namespace demo::ctl {

std::string backend_health_text(const api::BackendStatus& backend) {
  const auto& members = backend.members();
  if (members.empty()) return "no address";
  const auto up =
      std::count_if(members.begin(), members.end(), [](const api::BackendMember& m) { return m.up(); });
  if (up == members.size()) return "up";
  if (up > 0) return fmt::format("{}/{} up", up, members.size());
  const std::string& reason = members[0].reason();
  return reason.empty() ? "down" : "down: " + printable(reason);
}

}  // namespace demo::ctl
