#include "net/connection_trace.h"

#include <sys/socket.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <unordered_map>

#include "base/counted.h"
#include "base/utf8.h"

namespace demo {
namespace {

// By descriptor: it stays the same when a connection moves to another mode.
struct Traced {
  std::unordered_map<int, std::uint64_t> numbers;
  std::uint64_t last = 0;
};

Traced& traced() {
  static Traced all;
  return all;
}

std::uint64_t number_of(int client) {
  Traced& all = traced();
  const auto [entry, fresh] = all.numbers.try_emplace(client, all.last + 1);
  if (fresh) ++all.last;
  return entry->second;
}

std::string peer_text(int client) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(client, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return "a client that left";
  const Address address = Address::from_sockaddr(reinterpret_cast<const sockaddr*>(&peer), size);
  return address.is_unix() ? std::string("a process of this host") : address.to_string();
}

}  // namespace

void trace_accepted(int client, const Address& listener, std::string_view mode) {
  // Of one before whose end was not told.
  traced().numbers.erase(client);
  trace(client, "accepted from {} on {}, mode {}", peer_text(client), listener.to_string(), mode);
}

void trace_request(int client, std::string_view bytes, std::string_view host) {
  // Empty lines may come before: RFC 9112 section 2.2.
  bytes.remove_prefix(std::min(bytes.find_first_not_of("\r\n"), bytes.size()));
  const std::string_view line = bytes.substr(0, bytes.find_first_of("\r\n"));
  trace(client, "asks {}, host {}", line, host.empty() ? std::string_view("not named") : host);
}

void trace_leaving(int client, IoOutcome outcome) {
  switch (outcome) {
    case IoOutcome::kEnd:
      return trace_line(client, "the client ended its side");
    case IoOutcome::kLost:
      return trace_line(client, "the client left");
    case IoOutcome::kFailed:
      return trace_line(client, "this host failed it");
    case IoOutcome::kDone:
    case IoOutcome::kAgain:
      return;
  }
}

void trace_line(int client, std::string_view text) {
  const std::size_t size = whole_characters(text, kTraceLineBytes);
  const std::size_t more = text.size() - size;
  log(LogLevel::kDebug, "connection {}: {}{}", number_of(client), text.substr(0, size),
      more == 0 ? std::string() : fmt::format("... and {} more", counted(more, "byte")));
}

void trace_ended(int client, std::string_view how) {
  trace_line(client, how);
  traced().numbers.erase(client);
}

void forget_traced() { traced().numbers.clear(); }

}  // namespace demo
