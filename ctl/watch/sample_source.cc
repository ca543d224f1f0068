#include "watch/sample_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>
#include <utility>

#include "failure.h"
#include "format/json.h"
#include "json/read_message.h"
#include "rpc_call/call_failure.h"

namespace demo::ctl {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

// Of a file that is none, whose option is named.
Failure no_recording(std::string why) { return {ExitCode::kUsage, std::move(why), kReplayField}; }

// After a failed open or write: errno is of its system call.
Failure cannot_write(const std::string& path) {
  return {ExitCode::kFailed,
          fmt::format("{} cannot be written: {}", path, std::generic_category().message(errno)),
          kRecordField};
}

}  // namespace

LiveSource::LiveSource(Session& session, api::WatchStatsRequest request)
    : request_(std::move(request)),
      channel_(session.channel_for(request_)),
      timeout_(session.settings().timeout),
      due_(steady_clock::now() + timeout_.value_or(Session::kPatience)) {
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
    throw failure_of(status.ok() ? CallStatus{.code = 14, .message = "", .details = ""} : status,
                     channel_.target());
  }
  if (lost_) return nothing();
  lost_ = true;
  return Next::kLost;
}

ReplaySource::ReplaySource(std::string path, bool paced)
    : path_(std::move(path)), paced_(paced), file_(path_) {
  if (!file_) throw unreadable();
  read_line();
  if (!waiting_) throw no_recording(fmt::format("{} holds no recorded sample", path_));
}

Failure ReplaySource::unreadable() const {
  return no_recording(fmt::format("{} cannot be read: {}", path_, std::generic_category().message(errno)));
}

void ReplaySource::read_line() {
  std::string text;
  while (!waiting_ && std::getline(file_, text)) {
    ++line_;
    if (text.empty()) continue;
    api::StatsSample sample;
    const json::Reading reading = json::read_message(text, sample);
    if (reading.problem) {
      throw no_recording(fmt::format("{}:{}:{}: not a recorded sample: {}{}{}", path_, line_,
                                     reading.problem->column, reading.problem->path,
                                     reading.problem->path.empty() ? "" : ": ", reading.problem->reason));
    }
    waiting_ = std::move(sample);
  }
  // A folder, a broken disk.
  if (file_.bad()) throw unreadable();
}

SampleSource::Next ReplaySource::next(api::StatsSample& sample, milliseconds patience) {
  read_line();
  if (!waiting_) return Next::kEnded;
  if (paced_ && shown_at_ && waiting_->monotonic_ns() > shown_ns_) {
    const auto due = *shown_at_ + std::chrono::nanoseconds(waiting_->monotonic_ns() - shown_ns_);
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
