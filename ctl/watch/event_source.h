#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// Events of a daemon as they happen; reconnects when it went away, without a gap and without a repeat.
class EventSource {
 public:
  enum class Next : std::uint8_t { kEvent, kNothing, kLost, kFound };

  // Events after the given sequence number of the running daemon. The invocation is borrowed. Throws a
  // Failure when there is no way to the daemon.
  EventSource(Invocation& invocation, std::uint64_t after, std::vector<api::EventKind> kinds);

  // Waits at most `patience`. Throws a Failure when there is no sense in going on.
  Next next(api::Event& event, std::chrono::milliseconds patience);

  // Of the daemon that was there last.
  std::int64_t daemon_pid() const { return daemon_pid_; }
  std::string name() const { return channel_.target().text(); }

 private:
  static constexpr std::chrono::milliseconds kRetryInterval{500};

  void start();
  void note(const api::GetStatusResponse& status);
  // Whether the daemon answers again; notes when it is another one, whose numbers begin anew.
  bool look_for_daemon();

  const std::vector<api::EventKind> kinds_;
  ApiChannel& channel_;
  std::unique_ptr<Stream> stream_;  // null while the daemon is away
  std::uint64_t after_;
  std::int64_t daemon_started_s_ = 0;
  std::int64_t daemon_pid_ = 0;
  std::chrono::steady_clock::time_point retry_at_;
};

}  // namespace demo::ctl
