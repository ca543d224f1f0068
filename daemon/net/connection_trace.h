#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string_view>
#include <utility>

#include "base/address.h"
#include "base/log.h"
#include "net/socket_ops.h"

// The lives of a worker's client connections in the log, at level debug alone: "connection 17: ...", where
// the number is the connection's own in its worker process, whatever mode serves it. Whoever has something to
// tell asks tracing() before, one load and one branch that is never taken in service, and does nothing else
// when it is off. The log never waits (base/log_queue.h) and escapes what others chose (base/printable.h).
// For the thread of the worker's loop.
namespace demo {

// Longer lines lose their end: a client chooses some of what is told.
inline constexpr std::size_t kTraceLineBytes = 1024;

inline bool tracing() { return log_level() >= LogLevel::kDebug; }

// It was just accepted, and gets its number. listener: where it came in; mode: what becomes of it there.
void trace_accepted(int client, const Address& listener, std::string_view mode);
// A complete head came: its request line, and the host that it names. bytes: from its beginning on.
void trace_request(int client, std::string_view bytes, std::string_view host);
// A receive or a send came to an end of the connection.
void trace_leaving(int client, IoOutcome outcome);
// Something about the connection with this descriptor, which gets its number now if it has none.
void trace_line(int client, std::string_view text);
// The last that is told of it.
void trace_ended(int client, std::string_view how);
// Its descriptor may be another one's from now on: nothing was told for a while.
void forget_traced();

template <typename... Args>
[[gnu::noinline, gnu::cold]] void trace(int client, fmt::format_string<Args...> format, Args&&... args) {
  trace_line(client, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace demo
