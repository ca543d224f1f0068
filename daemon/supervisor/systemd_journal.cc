#include "supervisor/systemd_journal.h"

#include <fmt/format.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include <vector>

namespace demo {

bool journal_change(LogLevel level, const std::string& message, const std::string& change,
                    std::uint64_t generation, const Caller& caller) {
  std::vector<std::string> fields = {
      "MESSAGE=" + message,         fmt::format("PRIORITY={}", static_cast<int>(level)),
      "DEMO_CHANGE=" + change,      fmt::format("DEMO_GENERATION={}", generation),
      "DEMO_CALLER=" + caller.name,
  };
  if (caller.uid) fields.push_back(fmt::format("DEMO_CALLER_UID={}", *caller.uid));
  if (caller.gid) fields.push_back(fmt::format("DEMO_CALLER_GID={}", *caller.gid));
  if (caller.pid) fields.push_back(fmt::format("DEMO_CALLER_PID={}", *caller.pid));
  std::vector<iovec> parts;
  for (std::string& field : fields) parts.push_back({field.data(), field.size()});
  return ::sd_journal_sendv(parts.data(), static_cast<int>(parts.size())) == 0;
}

}  // namespace demo
