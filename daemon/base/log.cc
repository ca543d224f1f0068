#include "base/log.h"

#include <fmt/chrono.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>

#include "base/background_log.h"
#include "base/counted.h"
#include "base/log_queue.h"
#include "base/printable.h"

namespace demo {
namespace {

// How long a process that ends waits for its log.
constexpr std::chrono::seconds kFlushTime{1};

std::atomic<LogSink> current_sink{stderr_sink};

std::string& name_prefix() {
  static std::string prefix;
  return prefix;
}

// Of the whole life of the process once it is there: threads may log until the end.
std::atomic<LogQueue*> background{nullptr};

// Without a queue a line that cannot be written is dropped: there is nowhere to complain.
void write_line(std::string line) {
  if (LogQueue* const queue = background.load(); queue != nullptr) return queue->push(std::move(line));
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

std::string stderr_line(LogLevel level, std::string_view line) {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto millis = now.time_since_epoch().count() % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03d}Z {} {}\n",
                     fmt::gmtime(std::chrono::system_clock::to_time_t(now)), millis, to_string(level), line);
}

std::string journal_line(LogLevel level, std::string_view line) {
  return fmt::format("<{}>{}\n", static_cast<int>(level), line);
}

std::string loss_note(std::uint64_t lines) {
  const auto format = current_sink.load() == journal_stream_sink ? journal_line : stderr_line;
  return format(LogLevel::kWarning, fmt::format("{}{} lost here: the log stood still", name_prefix(),
                                                counted(lines, "log line was", "log lines were")));
}

}  // namespace

void set_log_sink(LogSink sink) { current_sink = sink; }
void set_log_level(LogLevel level) { log_state::level = level; }
void set_log_name(std::string name) { name_prefix() = std::move(name); }

void stderr_sink(LogLevel level, std::string_view line) { write_line(stderr_line(level, line)); }

void journal_stream_sink(LogLevel level, std::string_view line) { write_line(journal_line(level, line)); }

void log_in_background() { background = new LogQueue(STDERR_FILENO, loss_note); }

UniqueFd open_own_log() { return LogQueue::open_own(STDERR_FILENO); }

void on_log_moved(UniqueFd own) {
  if (LogQueue* const queue = background.load(); queue != nullptr) queue->on_sink_changed(std::move(own));
}

void flush_log() {
  if (LogQueue* const queue = background.load(); queue != nullptr) (void)queue->flush(kFlushTime);
}

LogHealth log_health() {
  LogQueue* const queue = background.load();
  return queue == nullptr ? LogHealth{} : LogHealth{queue->lost(), queue->stalled()};
}

void log_line(LogLevel level, std::string_view text) {
  // One line, whatever it tells of what others chose.
  current_sink.load()(level, fmt::format("{}{}", name_prefix(), printable(text)));
}

}  // namespace demo
