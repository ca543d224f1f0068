#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "supervisor/api/supervisor_api.h"

namespace demo {

// The drains that are under way: looks at the figures of their backends, tells the event log, and has the
// removal made, whoever still waits for it. Runs on the supervisor's loop, callbacks included.
class BackendDrains {
 public:
  // What it works with.
  struct Parts {
    std::function<void(ChangeRequest, std::function<void(Result<ChangeOutcome>)>)> change;
    std::function<BackendStanding(const BackendKey&)> standing;
    EventLog& events;  // borrowed
  };

  // loop: borrowed.
  BackendDrains(boost::asio::io_context& loop, Parts parts);
  ~BackendDrains();

  // As SupervisorApi::drain().
  void start(DrainOrder order, DrainAnswer begun, DrainAnswer ended);

  // Another generation is the running one: drains whose backend it takes back end at once, their removals
  // with them. A backend that it takes away has been taken back when a later one adds it anew.
  void on_committed(const Config& config, std::uint64_t generation);

  // What the next start shall run of what runs now: without drains that a removal is to follow, with their
  // backends as they were before.
  Config without_pending_removals(Config config) const;

  // A drain that an upgrade passes on.
  struct Carried {
    BackendKey backend;
    std::string caller;
    bool remove = false;
    bool persist = true;                // of a removal: it is to be saved
    std::chrono::milliseconds left{0};  // until the deadline
    std::uint64_t id = 0;               // as DrainProgress has it
    std::uint64_t at_start = 0;         // requests in flight when it began
    std::uint64_t lost_at_start = 0;    // the backend's figures then
    std::uint64_t forced_at_start = 0;
    std::optional<BackendState> before;  // as the next start has the backend, until it is removed
  };
  std::vector<Carried> carried() const;
  // Once, after the first configuration runs. Nobody waits for it any more.
  void go_on(const Carried& carried);
  // Another process goes on with them. Whoever waits is answered how far they have come.
  void answer_all();

  // The daemon ends, after its changes, or is left: no drain goes on. Whoever waits is answered kUnavailable;
  // of removals that will not be made is told that the next start has their backends again, for the saved
  // state has them. One that waits for its turn among changes is not told of.
  void stop();

 private:
  struct Drain;
  using DrainPtr = std::shared_ptr<Drain>;
  // One that has not begun.
  DrainPtr make(DrainOrder order, DrainAnswer ended);
  void watch(const DrainPtr& drain);
  void on_timer(const DrainPtr& drain);
  void look(const DrainPtr& drain);
  void end(const DrainPtr& drain);
  void end_taken_back(const DrainPtr& drain);
  void remove(const DrainPtr& drain);
  void on_removed(const DrainPtr& drain, const ChangeOutcome& outcome, bool cut, std::uint64_t left);
  void on_not_removed(const DrainPtr& drain, Error error);
  // Unless another drain of the backend is tried again already.
  void try_later(const DrainPtr& drain);
  // The daemon ends before it is done.
  void give_up(Drain& drain);
  // The begin of a drain came in force. earlier: the backend's state in the configuration before.
  void note_state_before(const DrainPtr& drain, std::optional<BackendState> earlier);
  // The others who wait for the backend will see it vanish.
  void tell_of_cut(const Drain& by, bool under_way);
  void tell(EventKind kind, const Drain& drain, std::string message);
  // The same for what the operator finds in the log too.
  void warn(const Drain& drain, const std::string& message);

  boost::asio::io_context& loop_;
  const Parts parts_;
  std::set<DrainPtr> drains_;  // those that have begun and go on
  bool stopped_ = false;
};

}  // namespace demo
