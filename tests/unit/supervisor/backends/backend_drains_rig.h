#pragma once

#include <gmock/gmock.h>

#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/backends/backend_drains.h"
#include "unit/control/fake_supervisor.h"

namespace demo::test {

// On the drains of a supervisor with fake workers.
class Drains : public testing::Test {
 protected:
  void SetUp() override {
    Backend backend;
    backend.endpoint = *Endpoint::parse("10.0.0.3:80");
    supervisor.set_config(add_backend("default", backend)(Config{}).value());
    set_active(1);
    supervisor.events().subscribe(0, [this](const EventPtr& event) {
      told.push_back(event->message);
      kinds.push_back(event->kind);
    });
  }

  void set_active(std::uint64_t active) {
    StatsSample sample;
    sample.backends.push_back({"default", "10.0.0.3:80", "10.0.0.3:80", {}});
    sample.backends.push_back({"other", "10.0.0.3:80", "10.0.0.3:80", {}});
    sample.backends[0].figures.requests_active = active;
    sample.backends[1].figures.requests_active = 99;
    supervisor.set_sample(sample);
  }

  DrainOrder order(std::chrono::milliseconds timeout) const {
    DrainOrder made{{"default", "10.0.0.3:80"}, timeout, true, {}, {}};
    made.begin.change =
        update_backend("default", "10.0.0.3:80", [](Backend& b) { b.state = BackendState::kDrain; });
    made.removal = remove_backend("default", "10.0.0.3:80", IfMissing::kIgnore);
    return made;
  }

  void set_state(BackendState state) {
    Config config = supervisor.config();
    config.pools[0].backends[0].state = state;
    supervisor.set_config(std::move(config));
  }

  // What is answered at the end of a drain, which has begun when this returns.
  std::future<Result<ChangeOutcome>> begin(DrainOrder waits) {
    std::promise<void> begun;
    const auto ended = std::make_shared<std::promise<Result<ChangeOutcome>>>();
    supervisor.drain(
        std::move(waits), [&](const auto&, const auto&) { begun.set_value(); },
        [ended](const auto& outcome, const auto&) { ended->set_value(outcome); });
    begun.get_future().wait();
    return ended->get_future();
  }

  DrainOrder waited_for() const {
    DrainOrder made = order(std::chrono::hours(1));
    made.remove = false;
    made.begin.persist = true;
    return made;
  }

  // What is answered when the daemon ends while the drain is under way.
  Result<ChangeOutcome> stopped(DrainOrder waits) {
    std::future<Result<ChangeOutcome>> ended = begin(std::move(waits));
    supervisor.stop_drains();
    return ended.get();
  }

  FakeSupervisor supervisor;
  std::vector<std::string> told;
  std::vector<EventKind> kinds;
};

// A removal that is refused so often before it succeeds.
inline Change fails_first(unsigned times, Change removal) {
  auto left = std::make_shared<unsigned>(times);
  return [left, removal = std::move(removal)](const Config& config) -> Result<Config> {
    if (*left == 0) return removal(config);
    --*left;
    return Error{ErrorCode::kResourceExhausted, "the disk is full", "", ""};
  };
}

}  // namespace demo::test
