#pragma once

#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <string>

#include "demo/control/v1/monitor.pb.h"
#include "failure.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// What failures of the files name, for the options that give these; the daemon has no such fields.
inline constexpr const char* kRecordField = "file.record";
inline constexpr const char* kReplayField = "file.replay";

// Where samples come from: the daemon, or a file that was recorded.
class SampleSource {
 public:
  enum class Next : std::uint8_t {
    kSample,   // here is one
    kNothing,  // not yet
    kLost,     // the daemon went away just now; the source looks for it again by itself
    kEnded,    // there will be no more
  };

  virtual ~SampleSource() = default;

  // Waits at most `patience`. Throws a Failure when there is no sense in going on.
  virtual Next next(api::StatsSample& sample, std::chrono::milliseconds patience) = 0;

  // The time between two samples, unless it is the source's own matter.
  virtual std::optional<std::chrono::milliseconds> interval() const = 0;

  // "unix:///run/demo-server/control.sock" or the file's name.
  virtual std::string name() const = 0;
};

// Samples of a running daemon; reconnects when it went away, but not before the first one came. The first one
// must come within --timeout; when that is given, so must every other one that is due.
class LiveSource : public SampleSource {
 public:
  // The invocation is borrowed. Throws a Failure when there is no way to the daemon.
  LiveSource(Invocation& invocation, api::WatchStatsRequest request);

  Next next(api::StatsSample& sample, std::chrono::milliseconds patience) override;
  std::optional<std::chrono::milliseconds> interval() const override;
  std::string name() const override { return channel_.target().text(); }

 private:
  static constexpr std::chrono::milliseconds kRetryInterval{500};

  // Nothing yet. Throws kTimedOut when that is so for too long.
  Next nothing() const;

  const api::WatchStatsRequest request_;
  ApiChannel& channel_;
  std::unique_ptr<Stream> stream_;  // null while the daemon is away
  std::chrono::steady_clock::time_point retry_at_;
  const std::optional<std::chrono::milliseconds> timeout_;    // --timeout
  std::optional<std::chrono::steady_clock::time_point> due_;  // unset: no sample must come
  bool connected_once_ = false;
  bool lost_ = false;  // said so, and no sample since
};

// How long a replay waits between two samples by their clocks: as long as it was, an hour at most, and not at
// all where the clock went back.
std::chrono::nanoseconds replay_pause(std::uint64_t before_ns, std::uint64_t now_ns);

// Samples of a file, one JSON object (demo.control.v1.StatsSample) a line.
class ReplaySource : public SampleSource {
 public:
  // At the pace they were recorded at, or all at once. Throws a usage Failure when what has the name is
  // neither a file nor a pipe, cannot be read or holds no sample.
  ReplaySource(std::string path, bool paced);

  Next next(api::StatsSample& sample, std::chrono::milliseconds patience) override;
  std::optional<std::chrono::milliseconds> interval() const override { return std::nullopt; }
  std::string name() const override { return path_; }

 private:
  // Without its end; nothing at the end of the file. Throws a Failure when it is longer than any sample is.
  std::optional<std::string> read_line();
  // Throws a Failure that names the line when it is no sample.
  void read_sample();
  Failure unreadable() const;  // errno says why

  const std::string path_;
  const bool paced_;
  std::ifstream file_;
  std::uint64_t line_ = 0;
  std::optional<api::StatsSample> waiting_;
  std::optional<std::chrono::steady_clock::time_point> shown_at_;  // when the sample before was handed out
  std::uint64_t shown_ns_ = 0;                                     // its own clock
};

// Writes samples to a file that ReplaySource reads.
class Recording {
 public:
  // Throws a Failure when the file cannot be created.
  explicit Recording(const std::string& path);
  // Throws a Failure when the disk is full.
  void add(const api::StatsSample& sample);

 private:
  const std::string path_;
  std::ofstream file_;
};

}  // namespace demo::ctl
