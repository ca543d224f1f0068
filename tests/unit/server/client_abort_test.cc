#include <gtest/gtest.h>

#include "server_rig.h"

// Clients that leave are counted by where they were, and never as errors.

namespace demo {
namespace {

class ClientAbort : public ServerRig {
 protected:
  // Turns until the client, which has just left, is gone.
  void gone() { EXPECT_TRUE(all_closed()); }
  void expect_aborts(Counter WorkerStats::*place, std::uint64_t count = 1) {
    const WorkerStats& stats = page->worker;
    EXPECT_EQ((stats.*place).get(), count);
    EXPECT_EQ(stats.aborts_idle.get() + stats.aborts_head.get() + stats.aborts_body.get() +
                  stats.aborts_waiting.get() + stats.aborts_receiving.get(),
              count);
    EXPECT_EQ(stats.read_errors.get() + stats.write_errors.get() + stats.protocol_errors.get() +
                  stats.timeouts.get() + stats.responses_5xx.get(),
              0U);
  }
};

TEST_F(ClientAbort, EndBetweenRequestsIsNone) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client fresh = connect();
    Client used = connect();
    ask(used, kGet);
    fresh.close();
    used.close();
    gone();
  }
  expect_aborts(&WorkerStats::aborts_idle, 0);
}

TEST_F(ClientAbort, ResetBetweenRequests) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = connect();
    ask(client, kGet);
    client.abort_connection();
    gone();
  }
  expect_aborts(&WorkerStats::aborts_idle, 2);
}

TEST_F(ClientAbort, WithinAHead) {
  Client ends = connect();
  Client resets = connect();
  for (Client* client : {&ends, &resets}) client->send("GET / HTTP/1.1\r\nHos");
  turns.settle();
  ends.close();
  resets.abort_connection();
  gone();
  expect_aborts(&WorkerStats::aborts_head, 2);
}

TEST_F(ClientAbort, WithinABody) {
  Client ends = connect();
  Client resets = connect();
  for (Client* client : {&ends, &resets}) {
    client->send("POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 10\r\n\r\n01234");
  }
  turns.settle();
  ends.close();
  resets.abort_connection();
  gone();
  expect_aborts(&WorkerStats::aborts_body, 2);
}

TEST_F(ClientAbort, WhileItWaitsForADelayedResponse) {
  Client client = connect();
  client.send(get_of("/?t=10000"));
  turns.settle();
  client.abort_connection();
  gone();
  expect_aborts(&WorkerStats::aborts_waiting);
}

TEST_F(ClientAbort, BeforeTheFirstByteOfItsResponse) {
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = server.connect();
    client.send("x");
    UniqueFd fd = server.accept();
    // It left with bytes unread, which resets the connection: what is sent now fails.
    ASSERT_EQ(::send(fd.get(), "y", 1, MSG_NOSIGNAL), 1);
    client.close();
    listener.connection_opened();
    taker->take(std::move(fd), listener, nullptr, kGet, 0);
    gone();
  }
  expect_aborts(&WorkerStats::aborts_waiting, 2);
}

TEST_F(ClientAbort, WhileItReceivesALargeResponse) {
  snapshot.response.body_size = 100'000'000;
  apply();
  for (ConnectionTaker* taker : {static_cast<ConnectionTaker*>(&http), static_cast<ConnectionTaker*>(&raw)}) {
    listener.taker = taker;
    Client client = connect({.client_receive = 8192});
    client.send(kGet);
    turns.settle();
    client.close();
    gone();
  }
  expect_aborts(&WorkerStats::aborts_receiving, 2);
}

}  // namespace
}  // namespace demo
