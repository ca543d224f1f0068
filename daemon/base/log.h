#pragma once

#include <fmt/format.h>

#include <atomic>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/enum_words.h"

namespace demo {

// Levels as syslog(3) numbers them, so that a sink for the journal needs no table.
enum class LogLevel : std::uint8_t { kError = 3, kWarning = 4, kNotice = 5, kInfo = 6, kDebug = 7 };

template <>
inline constexpr auto kWordsOf<LogLevel> = enum_words<LogLevel>({{LogLevel::kError, "error"},
                                                                 {LogLevel::kWarning, "warning"},
                                                                 {LogLevel::kNotice, "notice"},
                                                                 {LogLevel::kInfo, "info"},
                                                                 {LogLevel::kDebug, "debug"}});

// Where log lines go. A sink gets one line without its end; it may be called from any thread.
using LogSink = void (*)(LogLevel level, std::string_view line);

// Replaces the sink of this process (default: stderr_sink). Call before threads start.
void set_log_sink(LogSink sink);
void set_log_level(LogLevel level);

namespace log_state {
inline constinit std::atomic<LogLevel> level{LogLevel::kInfo};
}
// One load: whoever may have something to tell asks it on the way of every request.
inline LogLevel log_level() { return log_state::level.load(std::memory_order_relaxed); }

// Prefix of every line, e.g. "worker 2: ". Call before threads start.
void set_log_name(std::string name);

// "2026-11-22T10:00:00.123Z info worker 2: text" on descriptor 2, one write(2) a line.
void stderr_sink(LogLevel level, std::string_view line);
// "<6>worker 2: text" on descriptor 2: what systemd's journal reads from a service's stderr, sd-daemon(3).
void journal_stream_sink(LogLevel level, std::string_view line);

void log_line(LogLevel level, std::string_view text);

template <typename... Args>
void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) {
  if (level <= log_level()) log_line(level, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace demo
