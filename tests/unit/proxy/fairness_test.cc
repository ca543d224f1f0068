#include <gtest/gtest.h>
#include <poll.h>

#include <csignal>

#include "base/limits.h"
#include "net/connection_budget.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "proxy/http_proxy.h"
#include "proxy/relay/byte_pipe.h"
#include "proxy/tcp_proxy.h"
#include "unit/event/turns.h"
#include "unit/net/client.h"

// No relay holds a turn of the loop for longer than its allowance, however fast both of its sides are.

namespace demo {
namespace {

// A turn may bring an event of each side, of which the first leaves some of its allowance; beyond it, a pipe
// may have been filled in an earlier turn, and one more.
constexpr std::size_t kLastSteps = 2 * BytePipe::kWantedBytes;
constexpr std::size_t kTurnMax = 2 * limits::kTurnBytes + kLastSteps;
// What is copied costs more than its bytes, so a turn moves less of it.
constexpr std::size_t kCopiesPerTurn = limits::kTurnBytes / limits::kReceiveBufferBytes + 1;
constexpr std::size_t kCopiedTurnMax = 2 * kCopiesPerTurn * limits::kPooledBufferBytes;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr std::string_view kUpgrade =
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";

class ProxyFairness : public ::testing::Test {
 protected:
  ProxyFairness() {
    // As in a worker: splice(2) has no flag against it.
    std::signal(SIGPIPE, SIG_IGN);
    handle_.taker = &http_;
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    ::getsockname(backend_.fd(), reinterpret_cast<sockaddr*>(&name), &size);
    SnapshotListener listener;
    listener.pool = "default";
    SnapshotMember member;
    member.address = Address::from_sockaddr(reinterpret_cast<sockaddr*>(&name), size);
    member.endpoint.text = member.address.to_string();
    SnapshotPool pool;
    pool.name = "default";
    pool.members.push_back(member);
    Snapshot snapshot;
    snapshot.listeners.push_back(listener);
    snapshot.pools.push_back(pool);
    handle_.spec = listener;
    http_.apply(snapshot);
  }
  ~ProxyFairness() override {
    http_.cut();
    tcp_.cut();
    turns_.settle();
  }

  // A client and the backend's end of the connection that it came out of.
  struct Pair {
    Client client;
    Client served;
  };
  Pair open(std::string_view first) {
    Client client = front_.connect();
    client.send(first);
    handle_.connection_opened();
    handle_.taker->take(front_.accept(), handle_, nullptr, {}, 0);
    pollfd arrives{backend_.fd(), POLLIN, 0};
    EXPECT_TRUE(turns_.until([&] { return ::poll(&arrives, 1, 0) > 0; }));
    return {std::move(client), Client(backend_.accept())};
  }
  // The same, with the head at the backend.
  Pair ask(std::string_view head) {
    Pair pair = open(head);
    EXPECT_TRUE(turns_.until([&] {
      pair.served.read();
      return pair.served.received().ends_with("\r\n\r\n");
    }));
    turns_.settle();
    return pair;
  }
  // An exchange whose response has this head, which the client has.
  Pair respond(std::string_view request, std::string_view head) {
    Pair pair = ask(request);
    pair.served.send(head);
    EXPECT_TRUE(turns_.until([&] {
      pair.client.read();
      return pair.client.received().find("\r\n\r\n") != std::string::npos;
    }));
    turns_.settle();
    return pair;
  }

  // As much as the kernel holds for a reader that is late.
  static std::size_t fill(Client& sender) {
    const std::string block(100'000, 'x');
    std::size_t sent = 0;
    for (std::size_t took = 1; took > 0; sent += took) took = sender.send_some(block);
    EXPECT_GT(sent, kTurnMax) << "it proves nothing";
    return sent;
  }
  // Turns, each within turn_max, until all that sender sends now has come to reader. moved: counts what
  // is relayed this way.
  void relays_in_small_turns(Client& sender, Client& reader, const Counter& moved,
                             std::size_t turn_max = kTurnMax) {
    reader.read();
    reader.received().clear();
    const std::size_t sent = fill(sender);
    std::uint64_t before = moved.get();
    EXPECT_TRUE(turns_.until([&] {
      EXPECT_LE(moved.get() - before, turn_max);
      before = moved.get();
      reader.read();
      return reader.received().size() == sent || HasFailure();
    }));
  }
  static std::size_t turn_max(bool copied) { return copied ? kCopiedTurnMax : kTurnMax; }
  const Counter& to_backend() const { return stats_->backends[0].bytes_out; }
  const Counter& from_backend() const { return stats_->backends[0].bytes_in; }

  Turns turns_;
  BufferPool buffers_{turns_.loop().housekeeping()};
  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  LingeringClose lingering_{turns_.loop(), buffers_};
  ConnectionBudget budget_{1000};
  ListenerHandle handle_{SnapshotListener{}, stats_->listeners[0], stats_->worker, budget_};
  HttpProxy http_{turns_.loop(), buffers_, lingering_, *stats_, 0, ProxyOutlook{}};
  TcpProxy tcp_{http_};
  LoopbackServer front_;
  LoopbackServer backend_;
};

// Spliced, and copied.
constexpr std::array<std::string_view, 2> kUploads{
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n",
    "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"};
constexpr std::array<std::string_view, 2> kDownloads{"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n",
                                                     "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"};
// The one chunk of the copied ones.
constexpr std::string_view kChunk = "3b9aca00\r\n";

TEST_F(ProxyFairness, UploadsAreRelayedInTurns) {
  for (const std::string_view head : kUploads) {
    Pair pair = ask(head);
    if (head == kUploads[1]) pair.client.send(kChunk);
    turns_.settle();
    relays_in_small_turns(pair.client, pair.served, to_backend(), turn_max(head == kUploads[1]));
  }
}

TEST_F(ProxyFairness, DownloadsAreRelayedInTurns) {
  for (const std::string_view head : kDownloads) {
    Pair pair = respond(kGet, head);
    if (head == kDownloads[1]) pair.served.send(kChunk);
    turns_.settle();
    relays_in_small_turns(pair.served, pair.client, from_backend(), turn_max(head == kDownloads[1]));
  }
}

TEST_F(ProxyFairness, TunnelsAreRelayedInTurns) {
  Pair pair =
      respond(kUpgrade, "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n");
  relays_in_small_turns(pair.client, pair.served, to_backend());
  relays_in_small_turns(pair.served, pair.client, from_backend());
}

TEST_F(ProxyFairness, TcpConnectionsAreRelayedInTurns) {
  handle_.taker = &tcp_;
  Pair pair = open("");
  relays_in_small_turns(pair.client, pair.served, to_backend());
  relays_in_small_turns(pair.served, pair.client, from_backend());
}

TEST_F(ProxyFairness, RelayThatIsPutOffMayEndMeanwhile) {
  for (const bool tcp : {false, true}) {
    if (tcp) handle_.taker = &tcp_;
    Pair pair = tcp ? open("") : ask(kUploads[0]);
    fill(pair.client);
    EXPECT_TRUE(turns_.until([&] { return turns_.loop().goes_on(); }));
    EXPECT_EQ(http_.cut() + tcp_.cut(), 1U);
    EXPECT_EQ(handle_.connections(), 0U);
    turns_.settle();
  }
}

}  // namespace
}  // namespace demo
