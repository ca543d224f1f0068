#include "watch/sample_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <thread>
#include <utility>

#include "failure.h"
#include "format/json.h"
#include "json/read_message.h"
#include "rpc_call/call_failure.h"
#include "rpc_call/status_code.h"

namespace demo::ctl {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// More than a sample of the largest daemon takes, with every bucket of the histograms of 256 workers.
constexpr std::size_t kMostLineBytes = std::size_t{64} * 1024 * 1024;
// More of them one after the other are no recording, but something that has no end.
constexpr std::uint64_t kMostEmptyLines = 10'000;

// Of a file that is none, whose option is named.
Failure no_recording(std::string why) { return {ExitCode::kUsage, std::move(why), kReplayField}; }

// After a failed open or write: errno is of its system call.
Failure cannot_write(const std::string& path) {
  return {ExitCode::kFailed,
          fmt::format("{} cannot be written: {}", path, std::generic_category().message(errno)),
          kRecordField};
}

}  // namespace

std::chrono::nanoseconds replay_pause(std::uint64_t before_ns, std::uint64_t now_ns) {
  constexpr std::chrono::nanoseconds kLongest = std::chrono::hours(1);
  if (now_ns <= before_ns) return std::chrono::nanoseconds(0);
  const std::uint64_t pause = std::min(now_ns - before_ns, static_cast<std::uint64_t>(kLongest.count()));
  return std::chrono::nanoseconds(static_cast<std::int64_t>(pause));
}

LiveSource::LiveSource(Invocation& invocation, api::WatchStatsRequest request)
    : request_(std::move(request)),
      channel_(invocation.channel_for(request_)),
      timeout_(invocation.settings().timeout),
      due_(steady_clock::now() + timeout_.value_or(Invocation::kPatience)) {
  stream_ = channel_.start(request_);
}

std::optional<milliseconds> LiveSource::interval() const {
  constexpr std::chrono::seconds kDefault{1};  // stats.proto
  if (!request_.has_interval()) return kDefault;
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(request_.interval().seconds()) +
                                                  std::chrono::nanoseconds(request_.interval().nanos()));
}

SampleSource::Next LiveSource::nothing() const {
  if (!due_ || steady_clock::now() < *due_) return Next::kNothing;
  throw failure_of(stream_ == nullptr ? kNoAnswerYet : stream_->status(), channel_.target());
}

SampleSource::Next LiveSource::next(api::StatsSample& sample, milliseconds patience) {
  if (stream_ == nullptr) {
    if (steady_clock::now() < retry_at_) {
      std::this_thread::sleep_for(std::min(patience, kRetryInterval));
      return nothing();
    }
    stream_ = channel_.start(request_);
  }
  api::WatchStatsResponse response;
  switch (stream_->next(response, patience)) {
    case Stream::Next::kMessage:
      connected_once_ = true;
      due_ = timeout_ ? std::optional(steady_clock::now() + *interval() + *timeout_) : std::nullopt;
      lost_ = false;
      sample.Swap(response.mutable_sample());
      return Next::kSample;
    case Stream::Next::kNothing:
      return nothing();
    case Stream::Next::kEnded:
      break;
  }
  const CallStatus status = stream_->status();
  stream_ = nullptr;
  retry_at_ = steady_clock::now() + kRetryInterval;
  if (!is_gone(status) || !connected_once_) {
    throw failure_of(status.ok() ? CallStatus{.code = kUnavailable, .message = "", .details = ""} : status,
                     channel_.target());
  }
  if (lost_) return nothing();
  lost_ = true;
  return Next::kLost;
}

ReplaySource::ReplaySource(std::string path, bool paced) : path_(std::move(path)), paced_(paced) {
  std::error_code error;
  const std::filesystem::file_status what = std::filesystem::status(path_, error);
  // A device has no end.
  const bool readable = std::filesystem::is_regular_file(what) || std::filesystem::is_fifo(what) ||
                        std::filesystem::is_directory(what);
  if (std::filesystem::exists(what) && !readable) {
    throw no_recording(fmt::format("{} is neither a file nor a pipe", path_));
  }
  file_.open(path_);
  if (!file_) throw unreadable();
  read_sample();
  if (!waiting_) throw no_recording(fmt::format("{} holds no recorded sample", path_));
}

Failure ReplaySource::unreadable() const {
  return no_recording(fmt::format("{} cannot be read: {}", path_, std::generic_category().message(errno)));
}

std::optional<std::string> ReplaySource::read_line() {
  std::string line;
  std::array<char, std::size_t{16} * 1024> block;
  for (;;) {
    file_.getline(block.data(), block.size());
    const auto got = static_cast<std::size_t>(file_.gcount());
    const bool ended = file_.eof();
    const bool full = file_.fail() && !ended && got == block.size() - 1;
    // A folder, a broken disk.
    if (file_.bad() || (file_.fail() && !ended && !full)) throw unreadable();
    line.append(block.data(), full || ended ? got : got - 1);
    if (line.size() > kMostLineBytes) {
      throw no_recording(fmt::format("{}:{}: a line of more than {} MiB is no recorded sample", path_,
                                     line_ + 1, kMostLineBytes / 1024 / 1024));
    }
    if (full) file_.clear();
    if (full) continue;
    if (ended && line.empty()) return std::nullopt;
    ++line_;
    return line;
  }
}

void ReplaySource::read_sample() {
  const std::uint64_t first = line_;
  while (!waiting_) {
    const std::optional<std::string> text = read_line();
    if (!text) return;
    if (text->empty() && line_ - first < kMostEmptyLines) continue;
    api::StatsSample sample;
    const json::Reading reading = json::read_message(*text, sample);
    if (!reading.problems.empty()) {
      const json::Problem& problem = reading.problems.front();
      throw no_recording(fmt::format("{}:{}:{}: not a recorded sample: {}{}{}", path_, line_, problem.column,
                                     problem.path, problem.path.empty() ? "" : ": ", problem.reason));
    }
    waiting_ = std::move(sample);
  }
}

SampleSource::Next ReplaySource::next(api::StatsSample& sample, milliseconds patience) {
  read_sample();
  if (!waiting_) return Next::kEnded;
  if (paced_ && shown_at_) {
    const auto due = *shown_at_ + replay_pause(shown_ns_, waiting_->monotonic_ns());
    const auto wait = due - steady_clock::now();
    if (wait > patience) {
      std::this_thread::sleep_for(patience);
      return Next::kNothing;
    }
    std::this_thread::sleep_for(wait);
  }
  shown_at_ = steady_clock::now();
  shown_ns_ = waiting_->monotonic_ns();
  sample.Swap(&*waiting_);
  waiting_.reset();
  return Next::kSample;
}

Recording::Recording(const std::string& path) : path_(path), file_(path, std::ios::trunc) {
  if (!file_) throw cannot_write(path);
}

void Recording::add(const api::StatsSample& sample) {
  file_ << line_json(sample) << std::flush;
  if (!file_) throw cannot_write(path_);
}

}  // namespace demo::ctl
