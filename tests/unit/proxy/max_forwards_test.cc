#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

namespace demo::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string limited(std::string_view method, std::string_view value, std::string_view rest = "\r\n") {
  return fmt::format("{} /a HTTP/1.1\r\nHost: h\r\nMax-Forwards: {}\r\nCookie: secret\r\n{}", method, value,
                     rest);
}

class MaxForwards : public WithBackend {
 protected:
  std::string answer_of_the_proxy(std::string_view request) {
    TestPeer client = proxy.connect();
    client.send(request);
    const std::string got = client.read_to_end();
    EXPECT_FALSE(client.was_reset()) << request;
    EXPECT_FALSE(backend.has_connection()) << request;
    return got;
  }
};

TEST_F(MaxForwards, OfZeroMakesTheProxyAnswerOptions) {
  for (const std::string_view rest :
       {"Connection: close\r\n\r\n", "Content-Length: 4\r\n\r\nbody", "Content-Length: 4\r\n\r\n"}) {
    EXPECT_THAT(answer_of_the_proxy(limited("OPTIONS", "0", rest)),
                AllOf(StartsWith("HTTP/1.1 200 OK\r\nDate: "), HasSubstr("\r\nAllow: GET, HEAD, POST, "),
                      HasSubstr("\r\nConnection: close\r\n")));
  }
  EXPECT_THAT(answer_of_the_proxy("OPTIONS * HTTP/1.0\r\nHost: h\r\nMax-Forwards: 00\r\n\r\n"),
              StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(proxy.stats().worker.responses_2xx.get(), 4U);
  EXPECT_EQ(proxy.stats().worker.protocol_errors.get(), 0U);
}

TEST_F(MaxForwards, OfZeroMakesTheProxyRefuseTraceWithoutAnEcho) {
  EXPECT_THAT(answer_of_the_proxy(limited("TRACE", "0", "Connection: close\r\n\r\n")),
              AllOf(StartsWith("HTTP/1.1 405 Method Not Allowed\r\nDate: "),
                    HasSubstr("\r\nAllow: GET, HEAD, "), Not(HasSubstr("secret"))));
}

TEST_F(MaxForwards, OfZeroKeepsTheConnection) {
  TestPeer client = proxy.connect();
  std::string pipeline;
  for (int i = 0; i < 50; ++i) pipeline += limited(i % 2 == 0 ? "OPTIONS" : "TRACE", "0");
  client.send(pipeline + std::string(kGet));
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(client.read_message(), AllOf(StartsWith(i % 2 == 0 ? "HTTP/1.1 200 " : "HTTP/1.1 405 "),
                                             HasSubstr("\r\nConnection: keep-alive\r\n")));
  }
  TestPeer served = backend.accept();
  EXPECT_THAT(served.read_message(), StartsWith("GET /a "));
  served.send(ok_response("fine"));
  EXPECT_THAT(client.read_message(), HasSubstr("fine"));
  // And one that comes later, of a client of HTTP/1.0 too.
  client.send("OPTIONS /a HTTP/1.0\r\nConnection: keep-alive\r\nMax-Forwards: 0\r\n\r\n");
  EXPECT_THAT(client.read_message(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  client.send(kGet);
  EXPECT_THAT(served.read_message(), StartsWith("GET /a "));
}

TEST_F(MaxForwards, OfZeroCountsForTheMostRequestsOfAConnection) {
  proxy.snapshot.client_keepalive.max_requests = 2;
  proxy.apply();
  TestPeer client = proxy.connect();
  client.send(limited("OPTIONS", "0"));
  EXPECT_THAT(client.read_message(), HasSubstr("\r\nConnection: keep-alive\r\n"));
  client.send(limited("OPTIONS", "0"));
  EXPECT_THAT(client.read_to_end(), HasSubstr("\r\nConnection: close\r\n"));
}

TEST_F(MaxForwards, OfZeroIsAnsweredWithoutABackend) {
  proxy.pool().members.clear();
  proxy.apply();
  EXPECT_THAT(answer_of_the_proxy(limited("OPTIONS", "0", "Connection: close\r\n\r\n")),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer_of_the_proxy(limited("OPTIONS", "1")), StartsWith("HTTP/1.1 503 "));
}

TEST_F(MaxForwards, CountsDownToTheBackendAlsoWhereTheHeadIsRecognised) {
  TestPeer client = proxy.connect();
  client.send(limited("TRACE", "2"));
  TestPeer served = backend.accept();
  for (const char* next : {"TRACE", "OPTIONS", "OPTIONS", "OPTIONS"}) {
    EXPECT_THAT(served.read_message(), HasSubstr("\r\nMax-Forwards: 1\r\n"));
    served.send(ok_response("x"));
    EXPECT_THAT(client.read_message(), StartsWith("HTTP/1.1 200 OK\r\n"));
    client.send(limited(next, "2"));
  }
}

TEST_F(MaxForwards, OfNoNumberIsA400) {
  for (const char* method : {"TRACE", "OPTIONS"}) {
    for (const char* value : {"", "-1", "x", "1, 2"}) {
      EXPECT_THAT(answer_of_the_proxy(limited(method, value)), StartsWith("HTTP/1.1 400 ")) << value;
    }
  }
}

TEST_F(MaxForwards, OfOtherMethodsIsPassedOnUnchanged) {
  for (const char* method : {"GET", "POST", "trace"}) {
    Pair pair = send(limited(method, "0"));
    EXPECT_THAT(pair.served.read_until("\r\n\r\n"), HasSubstr("\r\nMax-Forwards: 0\r\n")) << method;
    pair.served.send(ok_response("x"));
    EXPECT_THAT(pair.client.read_message(), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
}

}  // namespace
}  // namespace demo::test
