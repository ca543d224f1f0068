#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proxy_harness.h"

// A backend that switches protocols when it must not: the client gets one whole answer that says so, never
// the 101.
namespace demo::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kSwitch =
    "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n";
constexpr std::string_view kUpgradeFields = "Host: h\r\nConnection: upgrade\r\nUpgrade: chat\r\n";

std::string post(std::string_view more) {
  return fmt::format("POST /a HTTP/1.1\r\n{}{}", kUpgradeFields, more);
}

class EarlySwitch : public WithBackend {
 protected:
  // What the client gets when the backend sends this for the request, or what of it came.
  std::string answer_to(std::string_view request, std::string_view response) {
    Pair pair = send_head(request);
    pair.served.send(response);
    const std::string got = pair.client.read_to_end();
    EXPECT_FALSE(pair.client.was_reset());
    EXPECT_TRUE(pair.served.wait_for_end());
    return got;
  }
};

TEST_F(EarlySwitch, BeforeTheBodyCameIsA502ThatBlamesNobody) {
  proxy.forgive_nothing();
  for (const char* body :
       {"Content-Length: 4\r\n\r\n", "Content-Length: 4\r\n\r\nbo", "Transfer-Encoding: chunked\r\n\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n",
        "Transfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n",
        "Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"}) {
    EXPECT_THAT(answer_to(post(body), kSwitch),
                AllOf(StartsWith("HTTP/1.1 502 "), Not(HasSubstr("101 Switching"))))
        << body;
  }
  EXPECT_THAT(proxy.notices(), testing::IsEmpty()) << "a client can bring it about";
}

TEST_F(EarlySwitch, BehindAnInterimResponseIsA502) {
  const std::string both = fmt::format("HTTP/1.1 100 Continue\r\n\r\n{}", kSwitch);
  EXPECT_THAT(answer_to(post("Content-Length: 4\r\n\r\nbo"), both), StartsWith("HTTP/1.1 502 "));
}

TEST_F(EarlySwitch, AfterAnInterimResponseThatWasPassedOnIsA502) {
  Pair pair = send_head(post("Expect: 100-continue\r\nContent-Length: 4\r\n\r\n"));
  pair.served.send("HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 100 "));
  pair.client.send("bod");
  EXPECT_EQ(pair.served.read_bytes(3), "bod");
  pair.served.send(kSwitch);
  EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 "));
}

TEST_F(EarlySwitch, AfterTheWholeBodyIsATunnel) {
  Pair pair = send_head(post("Content-Length: 4\r\n\r\nbo"));
  pair.client.send("dyquestion");
  EXPECT_EQ(pair.served.read_bytes(4), "body");
  pair.served.send(fmt::format("{}hello", kSwitch));
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
  EXPECT_EQ(pair.client.read_bytes(5), "hello");
  EXPECT_EQ(pair.served.read_bytes(8), "question");
}

TEST_F(EarlySwitch, ThatNobodyAskedForIsA502) {
  for (const char* request :
       {"GET / HTTP/1.1\r\nHost: h\r\n\r\n", "GET / HTTP/1.1\r\nHost: h\r\nUpgrade: chat\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbo"}) {
    EXPECT_THAT(answer_to(request, kSwitch), StartsWith("HTTP/1.1 502 ")) << request;
  }
}

// RFC 9110 section 7.8: HTTP/1.0 knows no Upgrade.
TEST_F(EarlySwitch, OfOrToHttp10IsA502) {
  EXPECT_THAT(answer_to(fmt::format("GET / HTTP/1.0\r\n{}\r\n", kUpgradeFields), kSwitch),
              StartsWith("HTTP/1.1 502 "));
  EXPECT_THAT(answer_to(fmt::format("GET / HTTP/1.1\r\n{}\r\n", kUpgradeFields),
                        "HTTP/1.0 101 Switching\r\nConnection: upgrade\r\nUpgrade: chat\r\n\r\n"),
              StartsWith("HTTP/1.1 502 "));
}

TEST_F(EarlySwitch, ToAProtocolThatHidesRequestsIsA502) {
  const std::string request =
      "GET / HTTP/1.1\r\nHost: h\r\nConnection: upgrade\r\nUpgrade: chat, h2c\r\n\r\n";
  for (const char* protocols : {"h2c", "chat, h2c", "TLS/1.0, chat"}) {
    Pair pair = send(request);
    EXPECT_THAT(pair.served.read_until("\r\n\r\n"), HasSubstr("\r\nUpgrade: chat\r\n"));
    pair.served.send(
        fmt::format("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: {}\r\n\r\n", protocols));
    EXPECT_THAT(pair.client.read_to_end(), StartsWith("HTTP/1.1 502 ")) << protocols;
  }
  Pair pair = send_head(request);
  pair.served.send(kSwitch);
  EXPECT_THAT(pair.client.read_until("\r\n\r\n"), StartsWith("HTTP/1.1 101 ")) << "to the one that may be";
}

}  // namespace
}  // namespace demo::test
