#include "proxy_harness.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <future>
#include <mutex>
#include <utility>

namespace demo::test {
namespace {

class NoObserver final : public TurnObserver {
  void on_wake(unsigned, std::uint64_t) override {}
};

}  // namespace

// Brings calls into the loop's thread.
class ProxyHarness::Postbox final : public Watch {
 public:
  explicit Postbox(Loop& loop) : Watch(Watch::call<Postbox>), fd_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
    EXPECT_TRUE(loop.add(fd_.get(), EPOLLIN, *this));
  }

  void post(std::function<void()> what) {
    const std::lock_guard lock(mutex_);
    waiting_.push_back(std::move(what));
    const std::uint64_t one = 1;
    EXPECT_EQ(::write(fd_.get(), &one, sizeof one), static_cast<ssize_t>(sizeof one));
  }

  void on_ready(std::uint32_t) {
    std::uint64_t count = 0;
    if (::read(fd_.get(), &count, sizeof count) != static_cast<ssize_t>(sizeof count)) return;
    std::vector<std::function<void()>> due;
    {
      const std::lock_guard lock(mutex_);
      due.swap(waiting_);
    }
    for (const auto& what : due) what();
  }

 private:
  std::mutex mutex_;
  std::vector<std::function<void()>> waiting_;
  UniqueFd fd_;
};

ProxyHarness::ProxyHarness() {
  quota_keeper_.take_seat(0);
  lingering_ = std::make_unique<LingeringClose>(*loop_, buffers_);
  ProxyOutlook outlook;
  outlook.on_notice = [this](const MemberNotice& notice) {
    static constexpr std::array kWords = {"out", "back", "over", "distrusted"};
    notices_.push_back(fmt::format("{} {}: {}", kWords.at(static_cast<std::size_t>(notice.news)),
                                   notice.endpoint, notice.reason));
  };
  outlook.quota = &quota_;
  http_ = std::make_unique<HttpProxy>(*loop_, buffers_, *lingering_, *stats_, 0, outlook);
  tcp_ = std::make_unique<TcpProxy>(*http_);
  gate_ = std::make_unique<ProxyHeaderGate>(*loop_, buffers_, stats_->worker, http_->settings());
  SnapshotListener listener;
  listener.mode = ListenerMode::kProxy;
  listener.pool = "default";
  snapshot.listeners.push_back(listener);
  snapshot.client_keepalive.enabled = true;
  SnapshotPool pool;
  pool.name = "default";
  pool.queue_limit = 16;
  snapshot.pools.push_back(pool);
  listener_ = std::make_unique<ListenerHandle>(listener, stats_->listeners[0], stats_->worker, budget_);
  listener_->taker = http_.get();
  postbox_ = std::make_unique<Postbox>(*loop_);
  thread_ = std::thread([this] {
    NoObserver observer;
    loop_->run(observer);
  });
}

ProxyHarness::~ProxyHarness() {
  in_loop([this] { loop_->stop(); });
  thread_.join();
  gate_.reset();
  tcp_.reset();
  http_.reset();
  lingering_.reset();
  EXPECT_EQ(buffers_.lent(), 0U) << "a buffer was not given back";
  EXPECT_EQ(listener_->connections(), 0U);
  EXPECT_EQ(stats_->worker.backend_connections_open.get(), 0U);
  EXPECT_EQ(stats_->worker.backend_connections_idle.get(), 0U);
  const SlotLedger ledger(quota_area_.memory(), kQuotaSeats);
  for (unsigned gate = 0; gate < kGates; ++gate) EXPECT_EQ(ledger.taken(gate), 0U) << "of gate " << gate;
}

std::uint32_t ProxyHarness::add_backend(const Address& address) {
  SnapshotMember member;
  member.slot = static_cast<std::uint32_t>(pool().members.size());
  member.address = address;
  member.endpoint.text = address.to_string();
  pool().members.push_back(member);
  return member.slot;
}

void ProxyHarness::apply() {
  ++snapshot.generation;
  QuotaKeeper::Limits limits{};
  for (const SnapshotPool& set : snapshot.pools) {
    for (const SnapshotMember& member : set.members) limits[member.slot] = member.max_connections;
  }
  quota_keeper_.set_limits(limits);
  in_loop([this] {
    listener_->spec = snapshot.listeners.empty() ? listener_->spec : snapshot.listeners[0];
    http_->apply(snapshot);
  });
}

void ProxyHarness::forgive_nothing() {
  pool().ejection.consecutive_failures = 1;
  pool().ejection.allow_last = true;
  apply();
}

TestPeer ProxyHarness::connect(std::string_view first) {
  TestPeer client = TestPeer::connect(front_.address());
  client.send(first);
  UniqueFd taken(front_.accept().release());
  ::fcntl(taken.get(), F_SETFL, O_NONBLOCK);
  in_loop([this, &taken] {
    listener_->connection_opened();
    ConnectionTaker& taker = listener_->entrance != nullptr ? *listener_->entrance : *listener_->taker;
    taker.take(std::move(taken), *listener_, nullptr, {}, 0);
  });
  return client;
}

void ProxyHarness::use_tcp_mode() {
  in_loop([this] { listener_->taker = tcp_.get(); });
}

void ProxyHarness::use_gate() {
  in_loop([this] { listener_->entrance = gate_.get(); });
}

void ProxyHarness::in_loop(const std::function<void()>& what) {
  std::promise<void> done;
  postbox_->post([&] {
    what();
    done.set_value();
  });
  ASSERT_EQ(done.get_future().wait_for(std::chrono::seconds(10)), std::future_status::ready);
}

bool ProxyHarness::eventually(const std::function<bool()>& condition) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  bool holds = false;
  while (!holds && std::chrono::steady_clock::now() < until) {
    in_loop([&] { holds = condition(); });
    std::this_thread::yield();
  }
  return holds;
}

std::vector<std::string> ProxyHarness::notices() {
  std::vector<std::string> copy;
  in_loop([&] { copy = notices_; });
  return copy;
}

WithBackend::Pair WithBackend::send(std::string_view request) {
  TestPeer client = proxy.connect();
  client.send(request);
  TestPeer served = backend.accept();
  return {std::move(client), std::move(served)};
}

WithBackend::Pair WithBackend::send_head(std::string_view request) {
  Pair pair = send(request);
  EXPECT_NE(pair.served.read_until("\r\n\r\n"), "");
  return pair;
}

bool WithBackend::backend_connections_end() {
  return proxy.eventually([&] { return proxy.stats().worker.backend_connections_open.get() == 0; });
}

bool WithBackend::client_connections_end() {
  return proxy.eventually([&] { return proxy.stats().worker.connections_open.get() == 0; });
}

std::string WithBackend::answer(std::string_view response, std::string_view request) {
  Pair pair = send_head(request);
  pair.served.send(response);
  pair.served.close();
  return pair.client.read_to_end();
}

std::string ok_response(std::string_view body) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", body.size(), body);
}

}  // namespace demo::test
