#include "worker/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "channel/channel.h"
#include "channel/frame.h"
#include "channel/sealed_memory.h"
#include "unit/net/client.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: test\r\n\r\n";
constexpr int kBoundMs = 20'000;  // ends a hang, nothing else

// A worker in a thread of its own, with the test as its supervisor.
class WorkerTest : public ::testing::Test {
 protected:
  WorkerTest() {
    auto [ours, theirs] = Channel::open_pair().value();
    channel_.emplace(std::move(ours));
    stats_.prepare_page(3);
    worker_ = std::move(Worker::open(3, std::move(theirs), UniqueFd(::fcntl(stats_.fd(), F_DUPFD_CLOEXEC, 0)),
                                     QuotaArea::create(1).value()))
                  .value();
    thread_ = std::thread([this] { status_ = worker_->run(); });
    snapshot_.generation = 1;
    snapshot_.client_keepalive.enabled = true;
    SnapshotListener listener;
    listener.mode = ListenerMode::kServer;
    listener.address = Address::parse("127.0.0.1:1").value();
    snapshot_.listeners = {listener};
  }
  ~WorkerTest() override {
    channel_.reset();
    if (thread_.joinable()) thread_.join();
  }

  StatsPage& page() { return stats_.writable_page(3); }
  void send(Message message) { ASSERT_TRUE(channel_->send(std::move(message))); }
  void send_snapshot() {
    std::vector<SocketGrant> sockets;
    sockets.push_back({1, 0, SharedFd(server_.copy())});
    send(ApplySnapshot{snapshot_, std::move(sockets)});
  }
  // The snapshot with the mark of other values than this build's.
  void send_of_another_build() {
    auto [ours, theirs] = Channel::open_pair().value();
    ASSERT_TRUE(Channel(std::move(ours)).send(ApplySnapshot{snapshot_, {}}));
    Frame frame;
    ASSERT_EQ(receive_frame(theirs.get(), frame).value(), FrameProgress::kDone);
    std::string bytes = read_sealed_memory(frame.fds.at(0).get()).value();
    bytes[0] = static_cast<char>(bytes[0] ^ 1);
    frame.fds[0] = SharedFd(write_sealed_memory(bytes).value());
    ASSERT_TRUE(send_frame(channel_->fd(), frame.bytes, frame.fds));
  }
  // The worker's next message; none when it has closed its end, or after the bound.
  std::optional<Message> next_message() {
    for (;;) {
      Result<std::optional<Message>> message = channel_->receive();
      if (!message) return std::nullopt;
      if (message->has_value()) return std::move(**message);
      if (channel_->closed()) return std::nullopt;
      pollfd readable{channel_->fd(), POLLIN, 0};
      if (::poll(&readable, 1, kBoundMs) <= 0) return std::nullopt;
    }
  }
  template <typename T>
  T expect_message() {
    std::optional<Message> message = next_message();
    if (message && std::holds_alternative<T>(*message)) return std::get<T>(std::move(*message));
    ADD_FAILURE() << "another message or none";
    return {};
  }
  void serve() {
    send_snapshot();
    EXPECT_EQ(expect_message<Ack>().generation, 1U);
  }
  // After its exit: closes its end of the channel, as its process would.
  void end_worker() { worker_.reset(); }
  // Waits for bytes or the end.
  static bool wait_for(Client& client, std::string_view text) {
    for (;;) {
      const bool open = client.open();
      if (client.received().find(text) != std::string::npos) return true;
      pollfd readable{client.fd(), POLLIN, 0};
      if (!open || ::poll(&readable, 1, kBoundMs) <= 0) return false;
    }
  }
  static bool answered(Client& client) {
    client.received().clear();
    client.send(kGet);
    return wait_for(client, "\r\n\r\nOK\n");
  }
  static bool closed(Client& client) {
    while (client.open()) {
      pollfd readable{client.fd(), POLLIN, 0};
      if (::poll(&readable, 1, kBoundMs) <= 0) return false;
    }
    return true;
  }
  WorkerExit exit_status() {
    thread_.join();
    worker_.reset();
    return status_;
  }

  StatsArea stats_ = StatsArea::create().value();
  LoopbackServer server_;
  Snapshot snapshot_;
  std::optional<Channel> channel_;
  std::unique_ptr<Worker> worker_;
  std::thread thread_;
  WorkerExit status_ = WorkerExit::kFailed;
};

TEST_F(WorkerTest, AcknowledgesEachGenerationOnceItIsInForce) {
  serve();
  EXPECT_EQ(page().worker.generation.get(), 1U);
  Client client = server_.connect();
  EXPECT_TRUE(answered(client));
  snapshot_.generation = 2;
  snapshot_.response.status = 404;
  send_snapshot();
  const Ack ack = expect_message<Ack>();
  EXPECT_EQ(ack.generation, 2U);
  EXPECT_TRUE(ack.problems.empty());
  client.send(kGet);
  EXPECT_TRUE(wait_for(client, "HTTP/1.1 404")) << "in force before it was acknowledged";
}

TEST_F(WorkerTest, ReportsWhatCouldNotBeApplied) {
  std::vector<SocketGrant> sockets;
  sockets.push_back({9, 8, SharedFd(server_.copy())});
  send(ApplySnapshot{snapshot_, std::move(sockets)});
  EXPECT_EQ(expect_message<Ack>().problems.size(), 1U);
}

TEST_F(WorkerTest, ShowsThatItsLoopTurns) {
  serve();
  Client client = server_.connect();
  EXPECT_TRUE(answered(client));
  EXPECT_GT(page().worker.heartbeat_ns.get(), 0U);
  EXPECT_GT(page().worker.polls.get(), 0U);
  EXPECT_GT(page().worker.events.get(), 0U);
  EXPECT_GT(page().worker.cpu_ns.get(), 0U);
}

TEST_F(WorkerTest, DrainedWithNothingInFlightItEndsAtOnce) {
  serve();
  send(Drain{milliseconds(30'000)});
  EXPECT_EQ(expect_message<Drained>().forced, 0U);
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
  EXPECT_EQ(page().worker.draining.get(), 1U);
  end_worker();
  EXPECT_FALSE(next_message()) << "it says so once";
}

TEST_F(WorkerTest, DrainAnswersWhatIsQueuedAndInFlight) {
  serve();
  Client busy = server_.connect();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  Client queued = server_.connect();
  queued.send(kGet);
  send(Drain{milliseconds(30'000)});
  EXPECT_TRUE(wait_for(queued, "200 OK"));
  busy.send("b");
  EXPECT_TRUE(wait_for(busy, "Connection: close"));
  EXPECT_TRUE(closed(busy));
  EXPECT_TRUE(closed(queued));
  EXPECT_EQ(expect_message<Drained>().forced, 0U);
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
}

TEST_F(WorkerTest, DrainDeadlineForcesWhatIsLeftAndCountsIt) {
  serve();
  std::vector<Client> busy;
  for (int i = 0; i < 3; ++i) {
    busy.push_back(server_.connect());
    busy.back().send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  }
  page().backends[5].requests_active.set(2);
  send(Drain{milliseconds(100)});
  EXPECT_EQ(expect_message<Drained>().forced, 3U);
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
  EXPECT_EQ(page().worker.forced_closes.get(), 3U);
  EXPECT_EQ(page().backends[5].forced_closes.get(), 2U) << "what a backend still had goes with its clients";
  EXPECT_LT(stats_.used_backends(3).size(), 100U) << "places that nobody used have memory now";
  for (Client& client : busy) EXPECT_TRUE(closed(client));
  end_worker();
  EXPECT_FALSE(next_message()) << "a second report would hide the first";
}

TEST_F(WorkerTest, DrainDeadlineForcesWhatLingersAndCountsIt) {
  serve();
  Client lingering = server_.connect();
  // Refused before its body was looked at: the answer is sent, the rest is read until the client ends.
  lingering.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nab");
  EXPECT_TRUE(wait_for(lingering, " 400 "));
  ASSERT_EQ(page().worker.connections_open.get(), 1U) << "it does not linger";
  send(Drain{milliseconds(100)});
  EXPECT_EQ(expect_message<Drained>().forced, 1U);
  EXPECT_EQ(page().worker.forced_closes.get(), 1U);
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
  end_worker();
  EXPECT_EQ(page().worker.connections_open.get(), 0U);
}

TEST_F(WorkerTest, GenerationThatCrossesTheDrainIsAcknowledgedWithoutAccepting) {
  serve();
  Client busy = server_.connect();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  send(Drain{milliseconds(30'000)});
  snapshot_.generation = 2;
  send_snapshot();
  EXPECT_EQ(expect_message<Ack>().generation, 2U);
  busy.send("b");
  EXPECT_EQ(expect_message<Drained>().forced, 0U);
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
}

// By its exit status alone: its end of the channel has nothing more to say.
TEST_F(WorkerTest, TellsThatItsSupervisorIsOfAnotherBuild) {
  send_of_another_build();
  EXPECT_EQ(exit_status(), WorkerExit::kOtherBuild);
}

TEST_F(WorkerTest, DrainsWhenTheSupervisorIsGone) {
  serve();
  Client busy = server_.connect();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  channel_.reset();
  busy.send("b");
  EXPECT_TRUE(wait_for(busy, "200 OK"));
  EXPECT_EQ(exit_status(), WorkerExit::kDone);
}

TEST_F(WorkerTest, DrainsWhenTheChannelMakesNoSense) {
  serve();
  ASSERT_EQ(::send(channel_->fd(), "nonsense", 8, MSG_NOSIGNAL), 8);
  EXPECT_EQ(exit_status(), WorkerExit::kNonsense);
}

TEST_F(WorkerTest, DrainsOnAMessageThatOnlyWorkersSend) {
  serve();
  send(Drained{1});
  EXPECT_EQ(exit_status(), WorkerExit::kNonsense);
}

TEST(WorkerOpen, RefusesADescriptorThatIsNoStatisticsArea) {
  auto [ours, theirs] = Channel::open_pair().value();
  EXPECT_FALSE(Worker::open(0, std::move(theirs), UniqueFd(::fcntl(0, F_DUPFD_CLOEXEC, 0)),
                            QuotaArea::create(1).value()));
}

}  // namespace
}  // namespace demo
