#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.h"
#include "quota/quota_keeper.h"
#include "stats/stats_area.h"
#include "supervisor/backends/member_table.h"
#include "supervisor/handover/descriptor_store.h"
#include "supervisor/handover/inheritance.h"
#include "supervisor/handover/notify_barrier.h"
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
//
// In this order, so that a death at any point leaves what can be gone on with: the texts say what is, the
// manager gets the descriptors, workers are given sockets. A descriptor that no text knows is ended by the
// next supervisor, and one that the texts know and that is not there counts as closed.
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

  // on_progress: complete(), may_offer() or has_dropped() became true.
  HandoverKeeper(boost::asio::io_context& loop, const Parts& parts, std::size_t capacity,
                 std::function<void()> on_progress);

  // Gives the parts what the supervisor before left, before any of them began; what it left of statistics and
  // limits they have already, or cannot have. A sentence about it, empty when there is nothing. Error:
  // kResourceExhausted; nothing is lost, and the next start may have more luck.
  Result<std::string> take_over(Inheritance inheritance);
  // Whether a socket of the address, as text, was not there, so that workers of the supervisor before may be
  // the ones who have its port.
  bool lacks_socket_of(const std::string& address) const { return lacking_.contains(address); }

  // Brings what is handed over up to date. places_changed: names, addresses or slots of the statistics may be
  // others.
  void look(bool places_changed);
  // What a program that is executed in this one's place is to get, and its rehearsal before, which is written
  // down now, whether a manager is there or not: borrowed until look() is called next. Error:
  // kResourceExhausted.
  Result<DescriptorStore::Wanted> pass_on();
  // Besides, what only one of them at a time can use, and so no rehearsal gets: borrowed for as long.
  DescriptorStore::Wanted pass_on_for_good() const;
  // Names of what the service manager holds.
  const std::set<std::string>& held() const { return store_.held(); }
  // The daemon ends for good: sockets are not handed over any more, and processes as those that drain.
  void give_up();

  // Of the supervisor before, the configuration that ran; 0 where there was none.
  std::uint64_t last_generation() const { return last_generation_; }

  // Whether anything is handed over.
  bool there() const { return store_.there(); }
  // Whether the next process would have all that the manager has room for.
  bool complete() const { return written_ && !stored_is_old_ && !store_.behind(); }
  // Whether workers may be given sockets: the manager has these, or takes too long for it.
  bool may_offer();
  // Whether the manager has closed what it is not to keep any more.
  bool has_dropped() const;
  // What would not be there for the next process, one sentence; empty: nothing.
  std::string problem() const;
  // How many of so many listening sockets the manager has no room for, about; the first of them are kept.
  std::uint64_t left_out_of(std::uint64_t sockets) const;
  // What is to be said of as many.
  std::string tell_left_out(std::uint64_t sockets) const;

 private:
  void take_diagnosis(UniqueFd diagnosis);
  void restore_places(const internal::v1::Places& places);
  void write_places();
  // Whether it is another one than before; written_ says whether it could be written.
  bool write_handover();
  bool open_texts();
  bool stands_still() const;
  DescriptorStore::Wanted wanted() const;
  DescriptorStore::Wanted wanted_areas() const;
  void on_retry();
  void retry_later();

  const Parts parts_;
  const std::function<void()> on_progress_;
  DescriptorStore store_;
  NotifyBarrier barrier_;
  bool barrier_due_ = false;
  std::uint64_t barrier_since_ns_ = 0;  // that it is pending, monotonic
  LoopTimer retry_timer_;
  std::chrono::milliseconds retry_delay_;
  std::optional<std::uint64_t> behind_since_ns_;  // monotonic
  std::uint64_t taken_ns_ = 0;                    // when the manager took something last
  std::optional<SurvivingText> handover_;
  std::optional<SurvivingText> places_;
  std::set<std::string> lacking_;  // addresses
  bool blocked_ = false;           // may_offer() said no
  std::uint64_t last_generation_ = 0;
  bool given_up_ = false;
  bool written_ = false;  // the table says what is
  bool places_stale_ = true;
  bool stored_is_old_ = false;  // the manager was not told what was written down last
  // What was written and sent last.
  std::optional<std::uint64_t> sockets_version_;
  std::string sockets_bytes_;
  std::string rest_bytes_;
};

}  // namespace demo
