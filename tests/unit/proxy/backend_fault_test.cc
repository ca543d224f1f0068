#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class BackendFault : public WithBackend {};

TEST_F(BackendFault, RefusingIsA502) {
  backend.close();
  TestPeer client = proxy.connect();
  client.send(kGet);
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(response, HasSubstr("refused"));
  EXPECT_GE(proxy.backend_stats().connect_errors.get(), 1U);
}

// The time of a response's head begins anew with each interim response (RFC 9110 section 15.2). A request
// that nobody answers, sent after the first one, tells when its time would have been over.
TEST_F(BackendFault, InterimResponsesGiveItTheTimeOfAnotherHead) {
  proxy.pool().timeouts.head = milliseconds(1500);
  proxy.apply();
  Pair working = send_head(kGet);
  Pair silent = send_head(kGet);
  pollfd over{silent.client.fd(), POLLIN, 0};
  do {
    working.served.send("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n");
  } while (::poll(&over, 1, 100) == 0);
  working.served.send(ok_response("at last"));
  EXPECT_THAT(silent.client.read_to_end(), StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(working.client.read_until("at last"), EndsWith("at last"));
  EXPECT_EQ(proxy.backend_stats().head_timeouts.get(), 1U);
}

// In both modes: what judges the backend tells requests from their attempts.
TEST_F(BackendFault, RequestThatIsTriedAgainAtOneBackendIsOneFailure) {
  backend.close();
  const auto attempts = [&] { return proxy.backend_stats().connect_errors.get(); };
  const auto failures = [&] { return attempts() - proxy.backend_stats().attempts_again.get(); };
  for (std::uint64_t request = 1; request <= 3; ++request) {
    TestPeer client = proxy.connect();
    client.send(kGet);
    client.read_to_end();
    proxy.in_loop([] {});
    EXPECT_EQ(failures(), request);
  }
  EXPECT_GT(attempts(), 3U) << "none was tried again";
  proxy.use_tcp_mode();
  const std::uint64_t before = attempts();
  TestPeer client = proxy.connect(kGet);
  client.read_to_end();
  proxy.in_loop([] {});
  EXPECT_EQ(failures(), 4U);
  EXPECT_GT(attempts(), before + 1) << "it was not tried again";
}

TEST_F(BackendFault, RequestThatFailsAtTwoBackendsIsAFailureOfEach) {
  TestBackend other;
  const std::uint32_t slot = proxy.add_backend(other.address());
  proxy.apply();
  backend.close();
  other.close();
  TestPeer client = proxy.connect();
  client.send(kGet);
  client.read_to_end();
  proxy.in_loop([] {});
  for (const std::uint32_t one : {0U, slot}) {
    const BackendStats& stats = proxy.backend_stats(one);
    EXPECT_EQ(stats.connect_errors.get() - stats.attempts_again.get(), 1U) << "backend " << one;
  }
}

TEST_F(BackendFault, RefusingSendsTheRequestToTheNextBackend) {
  TestBackend other;
  proxy.add_backend(other.address());
  proxy.apply();
  backend.close();
  for (int i = 0; i < 4; ++i) {
    TestPeer client = proxy.connect();
    client.send(kPost);
    TestPeer served = other.accept();
    EXPECT_THAT(served.read_message(), EndsWith("body"));
    served.send(ok_response("fine"));
    EXPECT_THAT(client.read_message(), EndsWith("fine"));
    served.close();
    EXPECT_TRUE(backend_connections_end());
  }
}

TEST_F(BackendFault, HangingAtConnectIsA504) {
  BlackHole hole;
  proxy.pool().members.clear();
  proxy.add_backend(hole.address());
  proxy.pool().timeouts.connect = milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(kGet);
  const std::string response = client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(response, HasSubstr("connecting"));
  EXPECT_EQ(proxy.backend_stats().connect_timeouts.get(), 1U) << "nobody waits for it a second time";
  EXPECT_GE(proxy.backend_stats().failed_ms.get(), 90U);
}

TEST_F(BackendFault, HangingBeforeTheHeadIsA504) {
  proxy.pool().timeouts.head = milliseconds(100);
  proxy.apply();
  Pair pair = send_head(kGet);
  const std::string response = pair.client.read_to_end();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(response, HasSubstr("head"));
  EXPECT_EQ(proxy.backend_stats().head_timeouts.get(), 1U);
  EXPECT_TRUE(pair.served.wait_for_end());
}

TEST_F(BackendFault, DyingInsideTheHeadIsA502) {
  EXPECT_THAT(answer("HTTP/1.1 200 OK\r\nContent-Le", kGet), StartsWith("HTTP/1.1 502 "));
  EXPECT_EQ(proxy.backend_stats().response_errors.get(), 1U);
}

TEST_F(BackendFault, DyingInsideABodyByLengthIsNoCompleteMessage) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!");
  EXPECT_THAT(pair.client.read_until("half!"), StartsWith("HTTP/1.1 200 "));
  pair.served.close();
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_TRUE(pair.client.was_reset());
  EXPECT_EQ(proxy.backend_stats().response_errors.get(), 1U);
}

TEST_F(BackendFault, DyingInsideChunksIsNoCompleteMessage) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  pair.client.read_until("hello\r\n");
  pair.served.close();
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_TRUE(pair.client.was_reset());
}

TEST_F(BackendFault, DyingInsideChunksShowsToAnOldClientToo) {
  Pair pair = send_head("GET / HTTP/1.0\r\n\r\n");
  pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  pair.client.read_until("hello");
  pair.served.close();
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_TRUE(pair.client.was_reset());
}

TEST_F(BackendFault, ResettingInsideABodyThatEndsAtCloseShows) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\n\r\nsome");
  pair.client.read_until("some");
  pair.served.reset();
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_TRUE(pair.client.was_reset());
}

TEST_F(BackendFault, ABodyThatEndsAtCloseIsComplete) {
  const std::string response = answer("HTTP/1.1 200 OK\r\n\r\nall of it", kGet);
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(response, EndsWith("\r\n\r\nall of it"));
}

TEST_F(BackendFault, StallingInsideABodyEndsIt) {
  proxy.pool().timeouts.body = milliseconds(100);
  proxy.apply();
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf!");
  pair.client.read_to_end();
  EXPECT_TRUE(pair.client.was_reset());
  EXPECT_EQ(proxy.backend_stats().body_timeouts.get(), 1U);
}

TEST_F(BackendFault, TakingNoMoreOfABodyIsA504) {
  proxy.pool().timeouts.body = milliseconds(100);
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000000\r\n\r\n");
  const std::string some(1'000'000, 'x');
  while (client.silent()) client.send_some(some);
  const std::string response = client.read_message();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 504 "));
  EXPECT_THAT(response, HasSubstr("took no more of the request body"));
  EXPECT_EQ(proxy.backend_stats().body_timeouts.get(), 1U);
}

TEST_F(BackendFault, GarbageIsA502) {
  EXPECT_THAT(answer("I am no web server\r\n\r\n", kGet), StartsWith("HTTP/1.1 502 "));
}

TEST_F(BackendFault, AHeadThatIsTooLargeIsA502) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nX-Large: " + std::string(64 * 1024, 'x'));
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
}

TEST_F(BackendFault, AHeadThatTricklesIsA504) {
  proxy.pool().timeouts.head = milliseconds(100);
  proxy.apply();
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nX-Slow: ");
  // Each byte long before the time is over.
  EXPECT_TRUE(proxy.eventually([&] {
    pair.served.send_some("s");
    return !pair.client.silent();
  }));
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 504 "));
}

TEST_F(BackendFault, TwoLengthsThatDifferAreA502) {
  EXPECT_THAT(answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!", kGet),
              StartsWith("HTTP/1.1 502 "));
}

TEST_F(BackendFault, LengthAndChunksTogetherAreA502) {
  EXPECT_THAT(
      answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", kGet),
      StartsWith("HTTP/1.1 502 "));
}

TEST_F(BackendFault, ABrokenChunkEndsTheMessage) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  pair.client.read_until("hello\r\n");
  pair.served.send("zz\r\n");
  EXPECT_EQ(pair.client.read_to_end(), "");
  EXPECT_TRUE(pair.client.was_reset());
}

TEST_F(BackendFault, AResponseNobodyAskedForIsDropped) {
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("one"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("one"));
  pair.served.send(ok_response("poison"));
  EXPECT_TRUE(pair.served.wait_for_end());
  pair.client.send(kGet);
  TestPeer next = backend.accept();
  next.read_message();
  next.send(ok_response("two"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("two"));
}

TEST_F(BackendFault, BytesBehindAResponseReachNobody) {
  Pair pair = send_head(kGet);
  pair.served.send(
      "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
  EXPECT_THAT(pair.client.read_message(), EndsWith("one"));
  EXPECT_TRUE(pair.served.wait_for_end());
  pair.client.send(kGet);
  TestPeer next = backend.accept();
  next.read_message();
  next.send(ok_response("two"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("two"));
}

TEST_F(BackendFault, ABodyWhereNoneMayBeReachesNobody) {
  Pair pair = send_head("HEAD / HTTP/1.1\r\nHost: h\r\n\r\n");
  pair.served.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), HasSubstr("Content-Length: 6\r\n"));
  EXPECT_TRUE(pair.served.wait_for_end());
  EXPECT_TRUE(pair.client.silent());
}

TEST_F(BackendFault, TooManyInterimResponsesAreA502) {
  Pair pair = send_head(kGet);
  for (int i = 0; i < 100; ++i) pair.served.send("HTTP/1.1 103 Early Hints\r\n\r\n");
  EXPECT_THAT(pair.client.read_to_end(), HasSubstr("HTTP/1.1 502 "));
}

TEST_F(BackendFault, EveryBackendDownAndThenUpAgain) {
  backend.close();
  TestPeer failed = proxy.connect();
  failed.send(kGet);
  EXPECT_THAT(failed.read_to_end(), StartsWith("HTTP/1.1 502 "));
  backend.reopen();
  Pair pair = send_head(kGet);
  pair.served.send(ok_response("back"));
  EXPECT_THAT(pair.client.read_message(), EndsWith("back"));
}

TEST_F(BackendFault, AnEarlyResponseToAnUploadIsPassedOn) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\nstart");
  pair.served.send("HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig");
  const std::string response = pair.client.read_message();
  EXPECT_THAT(response, StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(response, HasSubstr("Connection: close\r\n"));
  EXPECT_TRUE(pair.client.wait_for_end());
}

TEST_F(BackendFault, AResponseThatItSentBeforeItClosedCounts) {
  Pair pair = send_head("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 40000000\r\n\r\nstart");
  pair.served.send("HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno");
  pair.served.close();
  const std::string some(1'000'000, 'x');
  for (int i = 0; i < 39; ++i) pair.client.send_some(some);
  EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 403 "));
}

}  // namespace
}  // namespace demo::test
