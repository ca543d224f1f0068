#include "supervisor/traffic_watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "stats/stats_area.h"
#include "supervisor/snapshot/snapshot_builder.h"

namespace demo {
namespace {

class NobodyObserves : public WorkerSlot::Observer {
 public:
  void on_worker_progress(WorkerSlot&) override {}
  void on_worker_started(WorkerSlot&) override {}
  void on_worker_ready(WorkerSlot&) override {}
  void on_worker_exited(WorkerSlot&, const ProcessExit&, std::uint64_t, bool) override {}
  void on_backend_notice(WorkerSlot&, const BackendNotice&) override {}
  void on_distrust(const BackendNotice&) override {}
  void on_log_loss(std::uint64_t) override {}
  void on_worker_trouble(WorkerSlot&, const std::string&) override {}
  void on_worker_relief(WorkerSlot&, const std::string&) override {}
};

// A daemon of two pools of three backends, whose figures and configuration the test writes.
class Watched {
 public:
  Watched() {
    running_.config.log_level = LogLevel::kError;
    for (const char* name : {"a", "b"}) {
      Listener& listener = running_.config.listeners.emplace_back();
      listener.address =
          *Address::parse(fmt::format("127.0.0.1:{}", 7000 + running_.config.listeners.size()));
      listener.mode = ListenerMode::kProxy;
      listener.pool = name;
      Pool& pool = running_.config.pools.emplace_back();
      pool.name = name;
      for (int i = 1; i <= 3; ++i) {
        pool.backends.emplace_back().endpoint = *Endpoint::parse(fmt::format("127.0.0.{}:80", i));
      }
    }
    StatsLayout layout;
    layout.workers = {{0, 0, true, 0}};
    sampler_.set_layout(layout);
  }

  // What the configuration asks for is in force, and two seconds pass.
  void look() {
    members_.configure(running_.config);
    loops_.find(
        running_.config, [](const Listener& listener) { return std::optional(listener.address); }, members_);
    SnapshotFacts facts;
    facts.listener = [](const Listener& listener) {
      return BoundListener{0, listener.address, AcceptMode::kReuseport};
    };
    facts.members = [this](const Pool& pool, const Backend& backend) {
      std::vector<ResolvedAddress> found = members_.facts(pool, backend);
      std::erase_if(found, [this](const ResolvedAddress& member) { return loops_.contains(member.slot); });
      return found;
    };
    const Snapshot snapshot = build_snapshot(running_.config, facts);
    for (int second = 0; second < 2; ++second) traffic_.look(now_ns_ += 1'000'000'000, snapshot, 1);
  }

  Backend& backend(std::size_t pool, std::size_t index) {
    return running_.config.pools[pool].backends[index];
  }
  BackendStats& figures(std::size_t pool, std::size_t index) {
    members_.configure(running_.config);
    const Pool& in = running_.config.pools[pool];
    return stats_.writable_page(0).backends[members_.facts(in, in.backends[index]).at(0).slot];
  }

  std::vector<std::string> seen() const { return all_of(traffic_.last_problems()); }
  std::vector<std::string> reported() const { return all_of(traffic_.problems(traffic_.reports(1))); }

 private:
  static std::vector<std::string> all_of(const TrafficProblems& problems) {
    std::vector<std::string> all = problems.refused;
    all.insert(all.end(), problems.warnings.begin(), problems.warnings.end());
    return all;
  }

  boost::asio::io_context loop_;
  RunningState running_;
  StatsArea stats_ = std::move(*StatsArea::create());
  QuotaKeeper quota_{std::move(*QuotaArea::create(1))};
  EventLog log_{1};
  EventRecorder events_{log_, false, running_.generation};
  StatsSampler sampler_{stats_};
  ListenerSockets sockets_;
  ListenerPlaces places_{[](std::uint32_t) { return false; }, [](std::uint32_t) {}};
  MemberTable members_{
      loop_,
      [](const auto&...) {},
      {[] {}, [](const auto&...) {}, [](std::uint32_t) {}, [](std::uint32_t) { return false; }}};
  ForwardLoopWatch loops_{events_};
  NobodyObserves observer_;
  WorkerSettings settings_;
  WorkerSet workers_{loop_, settings_, stats_, quota_, observer_};
  TrafficWatch traffic_{{running_, sampler_, sockets_, places_, members_, workers_, loops_, events_}};
  std::uint64_t now_ns_ = 1'000'000'000'000;
};

using Trouble = std::pair<const char*, std::function<void(Watched&, std::size_t pool, std::size_t index)>>;

const std::vector<Trouble>& troubles() {
  static const std::vector<Trouble> kTroubles = {
      {"none", [](Watched&, std::size_t, std::size_t) {}},
      {"fails", [](Watched& w, std::size_t p, std::size_t i) { w.figures(p, i).connect_errors.add(3); }},
      {"ejected", [](Watched& w, std::size_t p, std::size_t i) { w.figures(p, i).ejected.set(1); }},
      {"full", [](Watched& w, std::size_t p, std::size_t i) { w.figures(p, i).queue_full.add(5); }},
      {"starved", [](Watched& w, std::size_t p, std::size_t i) { w.figures(p, i).connect_shortages.add(1); }},
      {"drains",
       [](Watched& w, std::size_t p, std::size_t i) { w.backend(p, i).state = BackendState::kDrain; }},
      {"weightless", [](Watched& w, std::size_t p, std::size_t i) { w.backend(p, i).weight = 0; }},
      {"unresolved", [](Watched& w, std::size_t p,
                        std::size_t i) { w.backend(p, i).endpoint = *Endpoint::parse("nobody.invalid:80"); }},
      {"loops",
       [](Watched& w, std::size_t p, std::size_t i) {
         w.backend(p, i).endpoint = *Endpoint::parse(fmt::format("127.0.0.1:{}", 7001 + p));
       }},
  };
  return kTroubles;
}

// The look of each second leaves out the reports of those that are well; the status shows all.
TEST(TrafficWatchTest, LookOfASecondSeesWhatTheReportsOfAllBackendsSay) {
  for (const auto& [one, do_one] : troubles()) {
    for (const auto& [other, do_other] : troubles()) {
      SCOPED_TRACE(fmt::format("{} and {}", one, other));
      Watched watched;
      do_one(watched, 0, 1);
      do_other(watched, 1, 2);
      watched.look();
      EXPECT_EQ(watched.seen(), watched.reported());
    }
  }
}

TEST(TrafficWatchTest, PoolWithoutABackendThatIsWellIsAProblem) {
  for (const auto& [name, act] : troubles()) {
    SCOPED_TRACE(name);
    Watched watched;
    for (std::size_t i = 0; i < 3; ++i) act(watched, 0, i);
    watched.look();
    EXPECT_EQ(watched.seen(), watched.reported());
    EXPECT_EQ(watched.seen().empty(), name == std::string("none"));
  }
}

TEST(TrafficWatchTest, NobodyIsWorthAWordWhereAllAreWell) {
  Watched watched;
  watched.look();
  EXPECT_THAT(watched.seen(), testing::IsEmpty());
}

}  // namespace
}  // namespace demo
