#include "supervisor/traffic_watch.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <chrono>
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
    config().log_level = LogLevel::kError;
    for (const char* name : {"a", "b"}) {
      Listener& listener = config().listeners.emplace_back();
      listener.address = *Address::parse(fmt::format("127.0.0.1:{}", 7000 + config().listeners.size()));
      listener.mode = ListenerMode::kProxy;
      listener.pool = name;
      Pool& pool = config().pools.emplace_back();
      pool.name = name;
      for (int i = 1; i <= 3; ++i) {
        pool.backends.emplace_back().endpoint = *Endpoint::parse(fmt::format("127.0.0.{}:80", i));
      }
    }
    StatsLayout layout;
    layout.workers = {{0, 0, true, 0}};
    sampler_.set_layout(layout);
  }

  Config& config() { return running_.config; }
  // Of what the configuration asks for.
  Snapshot snapshot() {
    members_.configure(config());
    const auto bound = [](const Listener& listener) { return std::optional(listener.address); };
    loops_.find(config(), bound, members_);
    SnapshotFacts facts;
    facts.listener = [](const Listener& listener) {
      return BoundListener{0, listener.address, AcceptMode::kReuseport};
    };
    facts.members = [this](const Pool& pool, const Backend& backend) {
      std::vector<ResolvedAddress> found = members_.facts(pool, backend);
      std::erase_if(found, [this](const ResolvedAddress& member) { return loops_.contains(member.slot); });
      return found;
    };
    return build_snapshot(config(), facts);
  }
  // Two seconds pass.
  void look(const Snapshot& snapshot) {
    for (int second = 0; second < 2; ++second) traffic_.look(now_ns_ += 1'000'000'000, snapshot, 1);
  }
  void look() { look(snapshot()); }

  Backend& backend(std::size_t pool, std::size_t index) { return config().pools[pool].backends[index]; }
  BackendStats& figures(std::size_t pool, std::size_t index) {
    members_.configure(config());
    const Pool& in = config().pools[pool];
    return stats_.writable_page(0).backends[members_.facts(in, in.backends[index]).at(0).slot];
  }
  // Until active checks say so of the backend.
  void wait_until_down(std::size_t pool, std::size_t index) {
    const Pool& in = config().pools[pool];
    while (members_.facts(in, in.backends[index]).at(0).up) loop_.run_one();
  }
  // Until the name of the backend has addresses.
  void wait_until_resolved(std::size_t pool, std::size_t index) {
    members_.configure(config());
    const Pool& in = config().pools[pool];
    while (!members_.has_address(in, in.backends[index])) loop_.run_one();
  }

  const std::vector<std::string>& seen() const { return traffic_.refused(); }
  std::vector<std::string> reported() const { return traffic_.problems(traffic_.reports(1)).refused; }

 private:
  // All names but that one have two addresses.
  void resolve(const std::string& host, std::uint16_t port,
               const std::function<void(Result<NameResolver::Addresses>)>& done) {
    if (host == "nobody.invalid") return;
    boost::asio::post(loop_, [port, done] {
      done(NameResolver::Addresses{*Address::parse(fmt::format("127.0.1.1:{}", port)),
                                   *Address::parse(fmt::format("127.0.1.2:{}", port))});
    });
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
      [this](const auto&... asked) { resolve(asked...); },
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
      {"unresolved",
       [](Watched& w, std::size_t p, std::size_t i) {
         w.backend(p, i).endpoint = *Endpoint::parse(fmt::format("nobody.invalid:{}", 80 + i));
       }},
      {"loops",
       [](Watched& w, std::size_t p, std::size_t i) {
         w.backend(p, i).endpoint = *Endpoint::parse(fmt::format("127.0.0.{}:{}", i + 1, 7001 + p));
         w.config().listeners[p].address = *Address::parse(fmt::format("0.0.0.0:{}", 7001 + p));
       }},
  };
  return kTroubles;
}

// The look of each second leaves out the reports of those that are well; the status shows all.
TEST(TrafficWatchTest, LookOfASecondSeesWhatTheReportsOfAllBackendsSay) {
  for (const auto& [one, do_one] : troubles()) {
    for (const auto& [other, do_other] : troubles()) {
      for (std::size_t pool : {0, 1}) {
        SCOPED_TRACE(fmt::format("{} and {} in pool {}", one, other, pool));
        Watched watched;
        do_one(watched, 0, 0);
        do_other(watched, pool, 2);
        watched.look();
        EXPECT_EQ(watched.seen(), watched.reported());
      }
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

TEST(TrafficWatchTest, AddressesOfOneNameAreLookedAtOneByOne) {
  Watched watched;
  watched.backend(0, 1).endpoint = *Endpoint::parse("two.test:80");
  watched.wait_until_resolved(0, 1);
  const Snapshot snapshot = watched.snapshot();
  ASSERT_EQ(snapshot.pools[0].members.size(), 4U);
  watched.look(snapshot);
  EXPECT_THAT(watched.seen(), testing::IsEmpty());
  watched.figures(0, 1).connect_errors.add(3);
  watched.look(snapshot);
  EXPECT_EQ(watched.seen(), watched.reported());
  EXPECT_THAT(watched.seen(), testing::ElementsAre(testing::HasSubstr("two.test:80")));
}

// Checks and changes are known before a snapshot says them.
TEST(TrafficWatchTest, SnapshotThatIsBehindHidesNobodyWhoServes) {
  Watched watched;
  watched.config().pools[0].health.kind = HealthCheckKind::kTcp;
  watched.config().pools[0].health.interval = std::chrono::milliseconds(10);
  watched.config().pools[0].health.fall = 1;
  // One that listens, and one that refuses, since it does not, for as long as the test lasts.
  boost::asio::io_context loop;
  boost::asio::ip::tcp::acceptor listens(loop, {boost::asio::ip::make_address("127.0.0.1"), 0});
  boost::asio::ip::tcp::acceptor refuses(loop, boost::asio::ip::tcp::v4());
  refuses.bind({boost::asio::ip::make_address("127.0.0.1"), 0});
  std::vector<Backend>& backends = watched.config().pools[0].backends;
  backends.resize(2);
  backends[0].endpoint = *Endpoint::parse(fmt::format("127.0.0.1:{}", refuses.local_endpoint().port()));
  backends[1].endpoint = *Endpoint::parse(fmt::format("127.0.0.1:{}", listens.local_endpoint().port()));
  const Snapshot before = watched.snapshot();
  watched.wait_until_down(0, 0);
  backends.insert(backends.begin(), backends[0])->endpoint = *Endpoint::parse("127.0.0.9:80");
  backends[0].state = BackendState::kMaintenance;
  watched.look(before);
  EXPECT_EQ(watched.seen(), watched.reported());
  EXPECT_THAT(watched.seen(), testing::IsEmpty());
}

}  // namespace
}  // namespace demo
