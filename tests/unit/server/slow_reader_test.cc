#include <gmock/gmock.h>

#include <random>

#include "server/body_file.h"
#include "server_rig.h"

// Clients that read slowly or close early: every byte in order, and no response lost to a reset.

namespace demo {
namespace {

constexpr int kSmall = 4096;

class SlowReader : public ServerRig {
 protected:
  // Reads a little at a time until count responses came.
  std::vector<TestResponse> read_slowly(Client& client, std::size_t count, std::size_t step) {
    std::vector<TestResponse> responses;
    EXPECT_TRUE(turns.until([&] {
      client.read(step);
      while (auto response = take_response(client.received())) responses.push_back(std::move(*response));
      return responses.size() >= count;
    }));
    return responses;
  }
};

TEST_F(SlowReader, GetsPipelinedResponsesInOrder) {
  std::mt19937 random(11);
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  std::vector<std::size_t> sizes;
  std::string requests;
  for (int i = 0; i < 150; ++i) {
    const int kind = std::uniform_int_distribution<int>(0, 2)(random);
    sizes.push_back(std::uniform_int_distribution<std::size_t>(1, 40'000)(random));
    requests += get_of("/?s=" + std::to_string(sizes.back()) + (kind == 0 ? "&chunked=1" : ""));
  }
  std::size_t sent = 0;
  std::vector<TestResponse> responses;
  ASSERT_TRUE(turns.until([&] {
    sent += client.send_some(std::string_view(requests).substr(sent));
    client.read(2000);
    while (auto response = take_response(client.received())) responses.push_back(std::move(*response));
    return responses.size() == sizes.size();
  }));
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    EXPECT_TRUE(responses[i].body == body_pattern(sizes[i])) << i;
  }
  EXPECT_EQ(buffers.lent(), 0U);
  EXPECT_EQ(ask(client, kGet).body, "OK\n");
}

TEST_F(SlowReader, GetsManySmallResponses) {
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  std::string requests;
  for (int i = 0; i < 2000; ++i) requests += i % 5 == 0 ? kPost : kGet;
  std::size_t sent = 0;
  std::size_t answered = 0;
  ASSERT_TRUE(turns.until([&] {
    sent += client.send_some(std::string_view(requests).substr(sent));
    client.read(700);
    while (const auto response = take_response(client.received())) {
      EXPECT_EQ(response->body, "OK\n");
      ++answered;
    }
    return answered == 2000;
  }));
  EXPECT_EQ(page->worker.requests.get(), 2000U);
}

TEST_F(SlowReader, GetsAPermissionInItsPlace) {
  // The answers before the permission fill the socket: it must not overtake them.
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  std::string requests;
  for (int i = 0; i < 100; ++i) requests += get_of("/?s=1000");
  requests += "POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  client.send(requests);
  const std::vector<TestResponse> responses = read_slowly(client, 101, 500);
  ASSERT_EQ(responses.size(), 101U);
  for (std::size_t i = 0; i < 100; ++i) EXPECT_EQ(responses[i].body.size(), 1000U) << i;
  EXPECT_EQ(responses[100].status, 100);
  EXPECT_EQ(ask(client, "abc").status, 200);
}

TEST_F(SlowReader, GetsTheRefusalLast) {
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  std::string requests;
  for (int i = 0; i < 50; ++i) requests += get_of("/?s=3000");
  client.send(requests + "nonsense\r\n\r\n");
  const std::vector<TestResponse> responses = read_slowly(client, 51, 500);
  ASSERT_EQ(responses.size(), 51U);
  EXPECT_EQ(responses[50].status, 400);
  EXPECT_TRUE(closed(client));
}

TEST_F(SlowReader, DoesNotMakeTheServerReadAhead) {
  // While a response waits for its reader, requests stay in the kernel: memory is bounded.
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  const std::string request = get_of("/?s=1m");
  std::size_t sent = 0;
  for (int i = 0; i < 2000; ++i) {
    if (client.send_some(request) == request.size()) ++sent;
    turns.turn();
  }
  EXPECT_LE(buffers.lent(), 2U);
  EXPECT_LE(page->worker.requests.get(), 2U);
  http.cut();
}

TEST_F(SlowReader, SeesAResetWhenADeadlineCutsItsResponseOff) {
  snapshot.response.body_size = 8 << 20;
  apply();
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = connect({.send = kSmall, .client_receive = kSmall});
    client.send(kGet);
    turns.settle();
    http.cut();
    raw.cut();
    EXPECT_TRUE(client.reset()) << "it looks as if all had come";
  }
}

TEST_F(SlowReader, LastResponseIsNotLostToRequestsBehindIt) {
  // What the client sends after its last request is never read; closing must not reset the connection while
  // the response is still on its way.
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  client.send(get_of("/?s=500k&c=1"));
  turns.settle();
  for (int i = 0; i < 20; ++i) client.send(kPost);
  const TestResponse response = answer(client);
  EXPECT_EQ(response.body.size(), 500U << 10);
  EXPECT_TRUE(closed(client));
  EXPECT_FALSE(client.reset());
}

TEST_F(SlowReader, LastResponseAfterADelayIsNotLostToRequestsBehindIt) {
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  client.send(get_of("/?t=50&s=100k&c=1"));
  turns.settle();
  for (int i = 0; i < 20; ++i) client.send(kPost);
  turns.settle();
  EXPECT_EQ(answer(client).body.size(), 100U << 10);
  EXPECT_TRUE(closed(client));
  EXPECT_FALSE(client.reset());
}

TEST_F(SlowReader, LastSmallResponseIsNotLostToBytesBehindIt) {
  Client client = connect();
  client.send(std::string(kGetClose) + std::string(100'000, 'x'));
  EXPECT_TRUE(answer(client).closes());
  EXPECT_TRUE(closed(client));
  EXPECT_FALSE(client.reset());
}

TEST_F(SlowReader, ClientThatResetsMidResponseIsForgotten) {
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  client.send(get_of("/?s=8m"));
  turns.settle();
  client.abort_connection();
  EXPECT_TRUE(all_closed());
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(SlowReader, HalfClosedClientStillGetsALargeResponse) {
  Client client = connect({.send = kSmall, .client_receive = kSmall});
  client.send(get_of("/?s=1m") + get_of("/?s=2m"));
  client.finish_sending();
  EXPECT_EQ(answer(client).body.size(), 1U << 20);
  EXPECT_EQ(answer(client).body.size(), 2U << 20);
  EXPECT_TRUE(closed(client));
}

TEST_F(SlowReader, OthersAreServedMeanwhile) {
  Client slow = connect({.send = kSmall, .client_receive = kSmall});
  slow.send(get_of("/?s=8m"));
  turns.settle();
  for (int i = 0; i < 10; ++i) {
    Client quick = connect();
    EXPECT_TRUE(ask(quick, kGetClose).closes());
  }
}

}  // namespace
}  // namespace demo
