#include "worker/listener_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <functional>

#include "listener_set_rig.h"

namespace demo {
namespace {

using ListenerSetTest = ListenerSetRig;

TEST_F(ListenerSetTest, AcceptsOnGrantedSocketsAndCountsByListener) {
  snapshot_.listeners.push_back(listener(5, ListenerMode::kRaw));
  EXPECT_TRUE(apply({{1, 0, first_}, {2, 5, second_}}).empty());
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  Client raw = second_.connect();
  EXPECT_TRUE(answered(raw, "nonsense\r\n\r\n"));
  EXPECT_EQ(page_.listeners[0].requests.get(), 1U);
  EXPECT_EQ(page_.listeners[5].requests.get(), 1U);
  EXPECT_EQ(page_.listeners[5].connections_open.get(), 1U);
  EXPECT_EQ(modes_.connections(), 2U);
}

TEST_F(ListenerSetTest, SocketThatIsHereNeedsNoDescriptor) {
  apply({{1, 0, first_}});
  EXPECT_TRUE(apply_held({1}).empty());
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  EXPECT_THAT(apply_held({1, 2}), testing::ElementsAre(testing::HasSubstr("socket 2")));
  EXPECT_TRUE(answered(client)) << "the others work";
}

TEST_F(ListenerSetTest, ListenerMayHaveSeveralSocketsOrNone) {
  EXPECT_TRUE(apply({}).empty());
  EXPECT_TRUE(apply({{1, 0, first_}, {2, 0, second_}}).empty());
  Client one = first_.connect();
  Client other = second_.connect();
  EXPECT_TRUE(answered(one));
  EXPECT_TRUE(answered(other));
  EXPECT_EQ(page_.listeners[0].connections_open.get(), 2U);
}

TEST_F(ListenerSetTest, KeepsTheSocketsThatItHas) {
  apply({{1, 0, first_}});
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  // The same id: the new copy, of another socket here so that it shows, is not used.
  EXPECT_TRUE(apply({{1, 0, second_}}).empty());
  EXPECT_TRUE(answered(client));
  Client another = first_.connect();
  EXPECT_TRUE(answered(another));
}

// Its slot has another listener already, while somebody may still come by its own socket.
TEST_F(ListenerSetTest, SocketOfAListenerThatIsGoneServesAsLongAsItIsGranted) {
  apply({{1, 0, first_}});
  snapshot_.listeners[0].address = Address::parse("127.0.0.1:2000").value();
  for (int generation = 0; generation < 3; ++generation) apply({{1, 0, first_}, {2, 0, second_}});
  Client late = first_.connect();
  EXPECT_TRUE(answered(late));
  Client last = first_.connect();
  apply({{2, 0, second_}});
  EXPECT_TRUE(answered(last));
  Client next = second_.connect();
  EXPECT_TRUE(answered(next));
}

TEST_F(ListenerSetTest, QueueOfASocketThatGoesIsAnswered) {
  apply({{1, 0, first_}});
  std::vector<Client> waiting;
  for (int i = 0; i < 100; ++i) waiting.push_back(first_.connect());
  apply({});
  for (Client& client : waiting) EXPECT_TRUE(answered(client));
  Client late = first_.connect();
  turns_.settle();
  EXPECT_EQ(page_.worker.connections_accepted.get(), 100U);
}

TEST_F(ListenerSetTest, SocketOfAnUnknownListenerIsAProblem) {
  const std::vector<std::string> problems = apply({{1, 7, first_}, {2, 0, second_}});
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_THAT(problems[0], ::testing::HasSubstr("socket 1"));
  Client client = second_.connect();
  EXPECT_TRUE(answered(client)) << "the others work";
}

TEST_F(ListenerSetTest, ConnectionsOfAVanishedListenerEnd) {
  snapshot_.listeners.push_back(listener(1, ListenerMode::kServer));
  apply({{1, 0, first_}, {2, 1, second_}});
  Client idle = first_.connect();
  EXPECT_TRUE(answered(idle));
  Client busy = first_.connect();
  busy.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\na");
  Client queued = first_.connect();
  Client stays = second_.connect();
  EXPECT_TRUE(answered(stays));
  queued.send(kGet);
  snapshot_.listeners.erase(snapshot_.listeners.begin());
  apply({{2, 1, second_}});
  busy.send("b");
  EXPECT_TRUE(received(busy, "Connection: close"));
  EXPECT_TRUE(received(queued, "Connection: close")) << "what the queue held was promised an answer";
  EXPECT_TRUE(closed(busy));
  EXPECT_TRUE(closed(queued));
  EXPECT_TRUE(closed(idle));
  EXPECT_TRUE(answered(stays));
  EXPECT_EQ(page_.listeners[0].connections_open.get(), 0U);
}

TEST_F(ListenerSetTest, SlotWithAnotherAddressIsAnotherListener) {
  apply({{1, 0, first_}});
  Client old_client = first_.connect();
  EXPECT_TRUE(answered(old_client));
  snapshot_.listeners[0].address = Address::parse("127.0.0.1:4711").value();
  apply({{2, 0, second_}});
  Client new_client = second_.connect();
  EXPECT_TRUE(answered(new_client));
  EXPECT_TRUE(closed(old_client));
  EXPECT_TRUE(answered(new_client));
}

TEST_F(ListenerSetTest, ConnectionsFollowTheModeOfTheirListener) {
  apply({{1, 0, first_}});
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
  snapshot_.listeners[0].mode = ListenerMode::kRaw;
  apply({{1, 0, first_}});
  EXPECT_TRUE(answered(client, "nonsense\r\n\r\n"));
  snapshot_.listeners[0].mode = ListenerMode::kServer;
  apply({{1, 0, first_}});
  EXPECT_TRUE(answered(client));
  snapshot_.listeners[0].mode = ListenerMode::kProxy;
  apply({{1, 0, first_}});
  client.received().clear();
  client.send(kGet);
  EXPECT_TRUE(received(client, "HTTP/1.1 503")) << "there is no pool";
}

TEST_F(ListenerSetTest, ConnectionLimitFollowsTheSnapshot) {
  snapshot_.max_connections = 2;
  apply({{1, 0, first_}});
  std::vector<Client> clients;
  for (int i = 0; i < 4; ++i) clients.push_back(first_.connect());
  turns_.settle();
  EXPECT_EQ(page_.worker.connections_open.get(), 2U);
  EXPECT_EQ(page_.worker.accept_paused.get(), 1U);
  snapshot_.max_connections = 3;
  apply({{1, 0, first_}});
  EXPECT_TRUE(turns_.until([&] { return page_.worker.connections_open.get() == 3; }));
  snapshot_.max_connections = 0;
  apply({{1, 0, first_}});
  EXPECT_TRUE(turns_.until([&] { return page_.worker.connections_open.get() == 4; }));
}

TEST_F(ListenerSetTest, DescriptorLimitIsAConnectionLimit) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit lowered = before;
  lowered.rlim_cur = 2 * limits::kReservedDescriptors + 10;
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  apply({{1, 0, first_}});
  std::vector<Client> clients;
  // Two descriptors a connection here: the test is its own client.
  for (unsigned i = 0; i < limits::kReservedDescriptors / 2; ++i) clients.push_back(first_.connect());
  turns_.settle();
  EXPECT_EQ(page_.worker.accept_errors.get(), 0U) << "it stops before descriptors run out";
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(ListenerSetTest, ListeningSocketsTakeFromTheConnections) {
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  std::vector<Client> clients;
  for (unsigned i = 0; i < 30; ++i) clients.push_back(first_.connect());
  std::vector<Grant> grants;
  for (std::uint64_t id = 1; id <= 60; ++id) grants.push_back({id, 0, first_});
  rlimit lowered = before;
  lowered.rlim_cur = limits::kReservedDescriptors + grants.size() + 20;
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  EXPECT_TRUE(apply(grants).empty());
  turns_.settle();
  EXPECT_EQ(page_.worker.connections_open.get(), 20U);
  while (snapshot_.listeners.size() < 60) {
    snapshot_.listeners.push_back(
        listener(static_cast<std::uint32_t>(snapshot_.listeners.size()), ListenerMode::kServer));
  }
  lowered.rlim_cur = limits::kReservedDescriptors + 2 * snapshot_.listeners.size() + 10;
  ::setrlimit(RLIMIT_NOFILE, &lowered);
  EXPECT_THAT(apply(grants), testing::ElementsAre(testing::HasSubstr("leaves room for 10 connections")));
  ::setrlimit(RLIMIT_NOFILE, &before);
}

TEST_F(ListenerSetTest, StopAcceptingAnswersTheQueueAndGivesUpTheSockets) {
  apply({{1, 0, first_}});
  Client queued = first_.connect();
  set_.stop_accepting();
  EXPECT_TRUE(answered(queued));
  Client late = first_.connect();
  turns_.settle();
  EXPECT_EQ(page_.worker.connections_accepted.get(), 1U);
}

// Runs a piece of the test inside the loop's turn, as the supervisor's message does.
struct Interruption : Watch {
  Interruption() : Watch(Watch::call<Interruption>) {}
  void on_ready(std::uint32_t) {
    std::exchange(then, [] {})();
  }
  std::function<void()> then = [] {};
};

TEST_F(ListenerSetTest, EventOfASocketThatGoesInTheSameTurnIsHarmless) {
  apply({{1, 0, first_}});
  Interruption message;
  const UniqueFd ready(::eventfd(0, EFD_CLOEXEC));
  ASSERT_TRUE(turns_.loop().add(ready.get(), EPOLLIN | EPOLLET, message));
  turns_.settle();
  message.then = [&] { apply({}); };
  // Ready in this order, so the socket's event is still to come when the generation takes the socket away.
  ASSERT_EQ(::eventfd_write(ready.get(), 1), 0);
  Client client = first_.connect();
  turns_.turn();
  EXPECT_TRUE(answered(client)) << "it was in the queue";
}

TEST_F(ListenerSetTest, SharedSocketIsServedExclusively) {
  snapshot_.listeners[0].accept_mode = AcceptMode::kExclusive;
  EXPECT_TRUE(apply({{1, 0, first_}}).empty());
  Client client = first_.connect();
  EXPECT_TRUE(answered(client));
}

}  // namespace
}  // namespace demo
