#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "control/calls/timer_thread.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// A backend that is to take no new request.
struct DrainOrder {
  BackendKey backend;
  std::chrono::milliseconds timeout{};
  // true: gone at the end, the rest cut off at the deadline; saved is the removal, not the drain before it;
  // false: only waited for.
  bool remove = false;
  ChangeRequest begin;  // makes its state drain
  Change removal;       // takes it away; unused without remove
};

// How far a drain has come.
struct DrainProgress {
  bool ended = false;
  std::uint64_t at_start = 0;  // requests in flight (in tcp mode: connections)
  std::uint64_t remaining = 0;
  std::uint64_t forced = 0;  // cut off: at the deadline, by another removal, as their worker had to end
  std::uint64_t lost = 0;    // with a worker that died
};
using DrainAnswer = std::function<void(const Result<ChangeOutcome>&, const DrainProgress&)>;

// The drains that are under way. Looks at the figures of their backends, tells the event log, makes the
// removal. Thread-safe; callbacks come on the supervisor's loop or the timer thread. Runs in the supervisor.
class BackendDrains {
 public:
  BackendDrains(SupervisorApi& supervisor, TimerThread& timers);
  ~BackendDrains();

  // begun: the state is set, or could not be (then nothing else happens). ended: nothing is in flight any
  // more, or the deadline passed; the outcome is that of the removal, or without one that of the begin. A
  // removal that somebody else was faster with is a success; one whose backend was made ready again is
  // kAborted. Any other failure of it is told, and it is tried again until it succeeds or the backend is
  // taken back.
  void start(DrainOrder order, DrainAnswer begun, DrainAnswer ended);

  // Forgets all drains: backends stay as they are, nobody is called any more. Tells of removals that are
  // given up.
  void shutdown();

 private:
  struct Drain;
  struct Standing;
  struct Shared;
  static void watch(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain);
  static void look(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain);
  static void end(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain);
  static void remove(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain);
  static void on_not_removed(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain,
                             Error error);
  static void answer(Drain& drain, const Result<ChangeOutcome>& outcome);
  // Unless another drain of the backend is tried again already.
  static void try_later(const std::shared_ptr<Shared>& shared, const std::shared_ptr<Drain>& drain);

  const std::shared_ptr<Shared> shared_;
};

}  // namespace demo
