#include "out_of_turn_fixture.h"

namespace demo {
namespace {

TEST_F(OutOfTurn, NoResponseReachesAnotherRequest) {
  // It goes on with connections that are kept.
  http_.distrust_for({});
  for (int i = 0; i < kCases && !HasFailure(); ++i) {
    SCOPED_TRACE(i);
    for (unsigned s = 0; s < kStepsPerCase && !HasFailure(); ++s) step();
    finish_case();
  }
  EXPECT_GT(answered_, asked_ * 9 / 10) << failed_ << " failed of " << asked_;
  EXPECT_GT(stats_->backends[0].retries.get(), 100U) << "nobody spoke out of turn";
}

// A slow client that sends its next request before it takes the rest of a response ends that response in a
// turn whose event of the backend is still to come: that event tells of bytes that were read already.
TEST_F(OutOfTurn, EventOfBytesThatWereReadIsNotHeldAgainstTheNextRequest) {
  Asker& asker = askers_[0];
  ask(asker, kKinds.back());
  turns_.settle();
  accept_all();
  Served& served = served_.front();
  serve(served, {});
  std::string tail = served.unsent.substr(served.unsent.size() - 100);
  served.unsent.resize(served.unsent.size() - tail.size());
  // Until the proxy holds what the client does not take, and everything before the tail was read.
  int waiting = 1;
  while (!served.unsent.empty() || waiting > 0) {
    take_bytes(asker.fd.get(), asker.received, 16 * 1024);
    turns_.settle();
    go_on(served);
    ::ioctl(served.fd.get(), SIOCOUTQ, &waiting);
  }
  put_bytes(asker.fd.get(), "POST /plain-next HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
  take_bytes(asker.fd.get(), asker.received);
  put_bytes(served.fd.get(), tail);
  for (int i = 0; i < 100 && answered_ == 0; ++i) {
    turns_.turn();
    listen_to(asker);
  }
  asker.path = "/plain-next";
  asker.kind = kKinds[2];
  finish_case();
  EXPECT_EQ(answered_, 2U);
  EXPECT_EQ(stats_->backends[0].connects.get(), 1U);
}

// Over TCP a connection takes a moment: a backend that accepts may speak before the proxy knows.
TEST_F(OutOfTurn, GreetingOfANewConnectionIsNotTheAnswer) {
  test::TestBackend greeter;
  use_backend(greeter.address());
  ask(askers_[0], kKinds[0]);
  turns_.turn();
  ASSERT_EQ(stats_->backends[0].connects.get(), 1U);
  test::TestPeer served = greeter.accept();
  served.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET");
  int on_its_way = 1;
  for (int i = 0; i < 100'000 && on_its_way > 0; ++i) ::ioctl(served.fd(), SIOCOUTQ, &on_its_way);
  ASSERT_EQ(on_its_way, 0);
  EXPECT_TRUE(turns_.until([&] {
    listen_to(askers_[0]);
    return failed_ == 1 || greeter.has_connection();
  }));
  EXPECT_EQ(stats_->backends[0].response_errors.get(), 1U);
}

}  // namespace
}  // namespace demo
