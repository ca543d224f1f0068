#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "config/config.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/reports/event_recorder.h"

namespace demo {

// Keeps the daemon from forwarding to itself for ever: knows the addresses of this host, refuses changes that
// would make a loop, and finds the members that make one all the same, as their names resolve.
class ForwardLoopWatch {
 public:
  explicit ForwardLoopWatch(EventRecorder& events) : events_(events) {}

  // kInvalidArgument for a backend that makes a loop which the running configuration does not have: what runs
  // already is no reason to refuse another change.
  Status check(const Config& running, const Config& next) const;
  // Whether addresses came to this host or went since the last find(), which may make loops or end them.
  bool host_changed() const;

  // Where a listener is bound; none for one without sockets.
  using Bound = std::function<std::optional<Address>(const Listener&)>;
  // Finds the members that forward to this daemon for ever, and tells of new ones.
  void find(const Config& config, const Bound& bound, const MemberTable& members);
  // Whether the member at the place is one of them: it is to be left out.
  bool contains(std::uint32_t slot) const { return slots_.contains(slot); }

 private:
  EventRecorder& events_;
  std::set<std::uint32_t> slots_;
  std::vector<Address> own_;  // when loops were looked for last
};

}  // namespace demo
