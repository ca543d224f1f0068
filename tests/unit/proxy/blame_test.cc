#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

// What a client can bring about takes no backend away from the others. Here one failure would eject.
class Blame : public WithBackend {
 protected:
  Blame() { proxy.forgive_nothing(); }
  // Longer than any backend is taken to wait for a client: what tells the time is a head that never comes.
  void let_a_second_pass() {
    proxy.snapshot.client_timeouts.head = milliseconds(1100);
    proxy.apply();
    TestPeer clock = proxy.connect();
    clock.send("GET");
    EXPECT_THAT(clock.read_to_end(), StartsWith("HTTP/1.1 408 "));
  }
  bool is_blamed() {
    return proxy.eventually([&] { return proxy.backend_stats().ejections.get() == 1; });
  }
  void expect_no_blame() {
    // The turn that answered is over, so is what it reported.
    proxy.in_loop([] {});
    EXPECT_EQ(proxy.backend_stats().ejections.get(), 0U);
    EXPECT_EQ(proxy.backend_stats().response_errors.get(), 0U);
    EXPECT_EQ(proxy.backend_stats().head_timeouts.get(), 0U);
    EXPECT_THAT(proxy.notices(), IsEmpty());
  }
};

TEST_F(Blame, AnExpectationThatTheBackendNeverAnswersIsNotItsFault) {
  proxy.pool().timeouts.head = milliseconds(50);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 504 "));
  expect_no_blame();
}

TEST_F(Blame, AnExpectationCannotBeKeptFromTheBackend) {
  Pair pair = send(
      "POST / HTTP/1.1\r\nHost: h\r\nConnection: Expect\r\nContent-Length: 4\r\nExpect: "
      "100-continue\r\n\r\n");
  EXPECT_THAT(pair.served.read_until("\r\n\r\n"), HasSubstr("Expect: 100-continue\r\n"));
}

TEST_F(Blame, ABackendMayLoseItsPatienceWithAnUpload) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  pair.served.read_bytes(4);
  let_a_second_pass();
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  expect_no_blame();
}

TEST_F(Blame, ABackendMayLoseItsPatienceWithAnUploadThatTrickles) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  pair.served.read_bytes(4);
  let_a_second_pass();
  pair.client.send("a");
  EXPECT_EQ(pair.served.read_bytes(1), "a");
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  expect_no_blame();
}

TEST_F(Blame, AnUploadThatStallsIsNotTakenFromBackendToBackend) {
  TestBackend other;
  proxy.add_backend(other.address());
  proxy.apply();
  Pair pair = send_head("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  pair.served.read_bytes(4);
  let_a_second_pass();
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_FALSE(other.has_connection());
  EXPECT_FALSE(backend.has_connection());
  expect_no_blame();
}

TEST_F(Blame, ABackendMayBreakOffItsAnswerToAnUploadThatStalls) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  pair.served.read_bytes(4);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  pair.client.read_until("half");
  let_a_second_pass();
  pair.served.close();
  pair.client.read_to_end();
  expect_no_blame();
}

TEST_F(Blame, ABackendThatEndsAnUploadAtOnceHasNotWaitedForIt) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100\r\n\r\nhalf");
  pair.served.read_bytes(4);
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_TRUE(is_blamed());
  EXPECT_EQ(proxy.backend_stats().response_errors.get(), 1U);
}

TEST_F(Blame, AnUploadOfWhichAllIsAtHandGoesOnToTheNextBackend) {
  TestBackend other;
  proxy.add_backend(other.address());
  proxy.apply();
  Pair pair = send_head("PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nhalf");
  pair.served.read_bytes(4);
  pair.served.close();
  TestPeer served = other.accept();
  served.read_until("\r\n\r\nhalf");
  EXPECT_TRUE(is_blamed());
  pair.client.send("more");
  EXPECT_EQ(served.read_bytes(4), "more");
  served.send(ok_response("fine"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("fine"));
}

TEST_F(Blame, ABackendThatTakesNoMoreOfAnUploadHasNotWaitedForIt) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  const std::string some(1'000'000, 'x');
  EXPECT_TRUE(proxy.eventually([&] { return pair.client.send_some(some) == 0; }));
  let_a_second_pass();
  pair.served.close();
  pair.client.wait_for_end();
  EXPECT_TRUE(is_blamed());
}

TEST_F(Blame, AnAnswerThatNeedsTheRestOfTheUploadIsNotLate) {
  proxy.pool().timeouts.body = milliseconds(50);
  proxy.apply();
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 8\r\n\r\nhalf");
  pair.served.read_bytes(4);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nhalf");
  pair.client.read_until("half");
  let_a_second_pass();
  expect_no_blame();
  pair.client.send("more");
  EXPECT_EQ(pair.served.read_bytes(4), "more");
  pair.served.send("more");
  EXPECT_EQ(pair.client.read_bytes(4), "more");
}

TEST_F(Blame, ABackendMayRepeatALongTargetInALongHead) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 301 Moved\r\nLocation: /" + std::string(limits::kHeadSizeBytes, 'a') +
                   "\r\n\r\n");
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  expect_no_blame();
}

TEST_F(Blame, ARequestThatWasWholeIsAnsweredOrCounts) {
  Pair pair = send_head(kGet);
  pair.served.close();
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
  EXPECT_TRUE(is_blamed());
}

}  // namespace
}  // namespace demo::test
