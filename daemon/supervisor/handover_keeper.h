#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/handover/descriptor_store.h"
#include "supervisor/handover/inheritance.h"
#include "supervisor/handover/surviving_text.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/state/running_state.h"
#include "supervisor/workers/worker_set.h"

namespace demo {

// Sees to it that whatever this process holds is there for the next one, however this one ends: gives the
// service manager what the workers serve with, and writes down what is what. Does nothing, and costs nothing,
// where the manager keeps no descriptors. Runs on the supervisor's loop.
class HandoverKeeper {
 public:
  // What is handed over: borrowed.
  struct Parts {
    const RunningState& running;
    ListenerSockets& sockets;
    ListenerPlaces& places;
    MemberTable& members;
    WorkerSet& workers;
    const StatsArea& stats;
    const QuotaKeeper& quota;
  };

  // on_room: look() is to be called again, since the manager may have room for messages by now.
  HandoverKeeper(boost::asio::io_context& loop, const Parts& parts, std::size_t capacity,
                 std::function<void()> on_room);

  // Gives the parts what the supervisor before left, before any of them began; what it left of statistics and
  // limits they have already, or cannot have. A sentence about it, empty when there is nothing.
  std::string take_over(Inheritance inheritance);

  // Brings what is handed over up to date. places_changed: names, addresses or slots of the statistics may be
  // others.
  void look(bool places_changed);
  // The daemon ends for good: nothing is handed over any more.
  void give_up();

  // Of the supervisor before, the configuration that ran; 0 where there was none.
  std::uint64_t last_generation() const { return last_generation_; }

  // Whether anything is handed over.
  bool there() const { return store_.there(); }
  // Whether the manager has all of it.
  bool complete() const { return !store_.behind(); }
  // What would not be there for the next process, one sentence; empty: nothing.
  std::string problem() const;

 private:
  using Numbered = std::vector<std::pair<std::uint64_t, int>>;

  void restore_places(const internal::v1::Places& places);
  void write_places();
  bool open_texts();
  DescriptorStore::Wanted wanted() const;

  const Parts parts_;
  DescriptorStore store_;
  LoopTimer retry_timer_;
  std::optional<SurvivingText> handover_;
  std::optional<SurvivingText> places_;
  std::uint64_t last_generation_ = 0;
  bool written_ = false;  // both texts say what is
  bool places_stale_ = true;
  Numbered kept_sockets_;  // at the last call of the store
  std::vector<WorkerSet::Descriptors> kept_processes_;
};

}  // namespace demo
