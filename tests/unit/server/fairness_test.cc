#include <gmock/gmock.h>

#include "base/limits.h"
#include "server/body_file.h"
#include "server_rig.h"
#include "unit/descriptor_limit.h"

// No connection holds a turn of the loop for longer than its allowance, however fast its peer is.

namespace demo {
namespace {

// What a turn may move beyond the allowance: the step that used it up.
constexpr std::size_t kLastStep = limits::kReceiveBufferBytes + limits::kPooledBufferBytes;

class Fairness : public ServerRig {
 protected:
  std::uint64_t moved() const { return page->worker.bytes_in.get() + page->worker.bytes_out.get(); }
  // Turns, each within the allowance, until the condition holds.
  template <typename Condition>
  void until_in_small_turns(Condition condition) {
    std::uint64_t before = moved();
    EXPECT_TRUE(turns.until([&] {
      EXPECT_LE(moved() - before, limits::kTurnBytes + kLastStep);
      before = moved();
      return condition() || HasFailure();
    }));
  }
  // As much of these bytes, again and again, as the kernel holds for a reader that is late; how often whole.
  static std::size_t fill(Client& client, const std::string& block) {
    std::size_t count = 0;
    while (client.send_some(block) == block.size()) ++count;
    return count;
  }
};

TEST_F(Fairness, UploadIsTakenInTurns) {
  Client client = connect();
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
  turns.settle();
  const std::uint64_t head = page->worker.bytes_in.get();
  std::size_t sent = 0;
  const std::string block(100'000, 'x');
  for (std::size_t took = 1; took > 0; sent += took) took = client.send_some(block);
  until_in_small_turns([&] { return page->worker.bytes_in.get() == head + sent; });
}

TEST_F(Fairness, PipelinedRequestsAreAnsweredInTurns) {
  Client client = connect();
  const std::size_t requests = fill(client, get_of("/", "X-Long: " + std::string(400, 'x') + "\r\n"));
  std::size_t answered = 0;
  until_in_small_turns([&] {
    client.read();
    while (take_response(client.received())) ++answered;
    return answered >= requests;
  });
}

TEST_F(Fairness, LargeResponsesOfOneReceiveAreSentInTurns) {
  Client client = connect();
  std::string requests;
  for (int i = 0; i < 30; ++i) requests += get_of(i % 2 == 0 ? "/?s=700k" : "/?s=300k&chunked=1");
  client.send(requests);
  int answered = 0;
  until_in_small_turns([&] {
    client.read();
    while (take_response(client.received())) ++answered;
    return answered == 30;
  });
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(Fairness, RawBytesAreAnsweredInTurns) {
  listener.taker = &raw;
  Client client = connect();
  std::size_t sent = 0;
  const std::string block(100'000, 'x');
  for (std::size_t took = 1; took > 0; sent += took) took = client.send_some(block);
  until_in_small_turns([&] {
    client.read();
    return page->worker.bytes_in.get() == sent;
  });
}

TEST_F(Fairness, RawLargeBodyIsSentInTurns) {
  listener.taker = &raw;
  snapshot.response.body_size = 30'000'000;
  apply();
  Client client = connect();
  client.send("x");
  std::optional<TestResponse> response;
  until_in_small_turns([&] {
    client.read();
    response = take_response(client.received());
    return response.has_value();
  });
  EXPECT_TRUE(response && response->body.size() == 30'000'000U);
}

TEST_F(Fairness, ConnectionThatIsPutOffMayEndMeanwhile) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\n\r\n");
    while (client.send_some(std::string(100'000, 'x')) > 0) {
    }
    turns.turn();
    taker == &raw ? raw.cut() : http.cut();
    EXPECT_EQ(listener.connections(), 0U);
    turns.settle();
  }
}

TEST_F(Fairness, LengthWithoutMemoryForItsBodyEndsTheConnection) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = connect();
    {
      const NoDescriptors shortage;
      snapshot.response.body = std::string(100'000, taker == &raw ? 'r' : 's');
      apply();
      client.send(kGet);
      turns.settle();
    }
    EXPECT_TRUE(turns.until([&] { return !client.open(); })) << "it waits for bytes that never come";
    EXPECT_THAT(client.received(), testing::HasSubstr("Content-Length: 100000"));
  }
}

TEST_F(Fairness, LastAnswerToATakenConnectionIsNotLostToBytesBehindIt) {
  snapshot.client_keepalive.enabled = false;
  apply();
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    Client client = server.connect();
    client.send(std::string(50'000, 'x'));
    listener.taker = taker;
    listener.connection_opened();
    taker->take(server.accept(), listener, nullptr, kGet, 0);
    EXPECT_TRUE(answer(client).closes());
    EXPECT_TRUE(closed(client));
    EXPECT_FALSE(client.reset());
  }
}

}  // namespace
}  // namespace demo
