#include "supervisor/reports/systemd_journal.h"

#include <sys/socket.h>

#include <cstddef>
#include <string_view>

#include "base/address.h"
#include "base/printable.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

void append_field(std::string& entry, std::string_view name, std::string_view value) {
  entry.append(name).append("=").append(printable(value)).append("\n");
}

std::string encode(const JournalEntry& entry) {
  std::string text;
  append_field(text, "MESSAGE", entry.message);
  append_field(text, "PRIORITY", std::to_string(static_cast<int>(entry.level)));
  append_field(text, "SYSLOG_IDENTIFIER", "demo-server");
  append_field(text, "DEMO_EVENT", entry.event);
  append_field(text, "DEMO_GENERATION", std::to_string(entry.generation));
  if (entry.change.empty()) return text;
  append_field(text, "DEMO_CHANGE", entry.change);
  append_field(text, "DEMO_CALLER", entry.caller.name);
  if (entry.caller.uid) append_field(text, "DEMO_CALLER_UID", std::to_string(*entry.caller.uid));
  if (entry.caller.gid) append_field(text, "DEMO_CALLER_GID", std::to_string(*entry.caller.gid));
  if (entry.caller.pid) append_field(text, "DEMO_CALLER_PID", std::to_string(*entry.caller.pid));
  return text;
}

}  // namespace

bool write_to_journal(const JournalEntry& entry, const std::string& socket_path) {
  const auto journal = Address::parse("unix:" + socket_path);
  const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!journal || !fd) return false;
  const std::string text = encode(entry);
  const ssize_t sent = ::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL, journal->sockaddr_ptr(),
                                journal->sockaddr_size());
  return sent == static_cast<ssize_t>(text.size());
}

}  // namespace demo
