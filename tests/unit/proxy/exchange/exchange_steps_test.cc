#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <optional>

#include "http/request_parser.h"
#include "net/connection_budget.h"
#include "proxy/exchange/exchange.h"
#include "unit/proxy/pool/pool_rig.h"

// What an exchange comes to, as its owner hears of it: without a session, a proxy and a worker.
namespace demo::test {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kRequest = "GET /a HTTP/1.1\r\nHost: h\r\n\r\n";

// Notes what the exchange comes to.
class Owner final : public ExchangeOwner {
 public:
  bool may_keep_connection() const override { return keeps; }
  bool watch() override {
    watched = true;
    return true;
  }
  void go_on_next_turn() override { goes_on = true; }
  bool goes_on_later() const override { return false; }
  void proceed(ExchangeStep step) override { last = step; }

  bool keeps = true;
  bool watched = false;
  bool goes_on = false;
  std::optional<ExchangeStep> last;
};

class ExchangeSteps : public PoolRig {
 protected:
  ExchangeSteps() {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    EXPECT_EQ(::fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
    socket_.emplace(UniqueFd(ends[0]), true, true);
    client_.emplace(UniqueFd(ends[1]));
  }

  // The exchange of this request, begun.
  ExchangeStep begin(std::string_view request, BackendPool* with) {
    exchange_.emplace(turns.loop(), *stats, settings_in_force, space_, desk_,
                      ClientEnd{*socket_, input_, listener_, peer_}, owner_);
    EXPECT_EQ(parser_.parse(request), ParseOutcome::kComplete);
    std::size_t taken = 0;
    return exchange_->begin(parser_.head(), request.substr(parser_.head().size), with, taken);
  }
  void advance() { owner_.proceed(exchange_->advance()); }
  // Turns until the exchange is over.
  ExchangeStep end() {
    EXPECT_TRUE(turns.until([this] { return owner_.last && *owner_.last != ExchangeStep::kWaiting; }));
    return *owner_.last;
  }

  Owner owner_;
  std::optional<PeerSocket> socket_;
  std::optional<TestPeer> client_;
  Buffer input_;
  RelaySpace space_{buffers};
  HeadDesk desk_{turns.loop()};
  ConnectionBudget budget_{1000};
  ListenerHandle listener_{SnapshotListener{}, stats->listeners[0], stats->worker, budget_};
  ClientPeer peer_{nullptr};
  RequestParser parser_;
  std::optional<Exchange> exchange_;
};

TEST_F(ExchangeSteps, AResponseThatWasPassedOnIsTheEnd) {
  add_backend();
  apply();
  EXPECT_EQ(begin(kRequest, &pool), ExchangeStep::kWaiting);
  advance();
  TestPeer served = backends[0]->accept();
  EXPECT_TRUE(turns.until([&] { return !served.silent(); }));
  EXPECT_THAT(served.read_until("\r\n\r\n"), StartsWith("GET /a HTTP/1.1\r\n"));
  served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(end(), ExchangeStep::kFinished);
  EXPECT_EQ(exchange_->status(), 200U);
  EXPECT_TRUE(exchange_->keeps_client());
  EXPECT_THAT(client_->read_message(), EndsWith("ok"));
  exchange_.reset();
}

TEST_F(ExchangeSteps, AnOwnerThatKeepsNothingHasItSaidToTheClient) {
  add_backend();
  apply();
  owner_.keeps = false;
  begin(kRequest, &pool);
  advance();
  TestPeer served = backends[0]->accept();
  EXPECT_TRUE(turns.until([&] { return !served.silent(); }));
  served.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  EXPECT_EQ(end(), ExchangeStep::kFinished);
  EXPECT_FALSE(exchange_->keeps_client());
  EXPECT_THAT(client_->read_message(), HasSubstr("Connection: close\r\n"));
  exchange_.reset();
}

TEST_F(ExchangeSteps, WithoutAPoolItIsRefused) {
  EXPECT_EQ(begin(kRequest, nullptr), ExchangeStep::kRefused);
  EXPECT_EQ(exchange_->refusal().status, 503U);
  EXPECT_FALSE(owner_.watched);
}

TEST_F(ExchangeSteps, WithoutAUsableBackendItIsRefused) {
  add_backend().usable = false;
  apply();
  EXPECT_EQ(begin(kRequest, &pool), ExchangeStep::kWaiting);
  advance();
  EXPECT_EQ(owner_.last, ExchangeStep::kRefused);
  EXPECT_EQ(exchange_->refusal().status, 503U);
}

TEST_F(ExchangeSteps, ABackendThatEndsEarlyIsFollowedByAnother) {
  add_backend();
  add_backend();
  apply();
  begin(kRequest, &pool);
  advance();
  EXPECT_TRUE(turns.until([&] { return backends[0]->has_connection() || backends[1]->has_connection(); }));
  const std::size_t first = backends[0]->has_connection() ? 0 : 1;
  {
    TestPeer served = backends[first]->accept();
    EXPECT_TRUE(turns.until([&] { return !served.silent(); }));
    served.read_until("\r\n\r\n");
  }
  EXPECT_TRUE(turns.until([&] { return backends[1 - first]->has_connection(); }));
  TestPeer served = backends[1 - first]->accept();
  EXPECT_TRUE(turns.until([&] { return !served.silent(); }));
  served.send("HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(end(), ExchangeStep::kFinished);
  EXPECT_EQ(exchange_->status(), 204U);
  EXPECT_EQ(stats_of(static_cast<std::uint32_t>(first)).retries.get(), 1U);
  exchange_.reset();
}

TEST_F(ExchangeSteps, AResponseThatBreaksOffIsBroken) {
  add_backend();
  apply();
  begin(kRequest, &pool);
  advance();
  {
    TestPeer served = backends[0]->accept();
    EXPECT_TRUE(turns.until([&] { return !served.silent(); }));
    served.read_until("\r\n\r\n");
    served.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nok");
  }
  EXPECT_EQ(end(), ExchangeStep::kBroken);
  exchange_.reset();
}

}  // namespace
}  // namespace demo::test
