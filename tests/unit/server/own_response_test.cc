#include <fmt/format.h>
#include <gmock/gmock.h>

#include <ctime>

#include "server_rig.h"

// Every response of server mode carries a Date (RFC 9110 section 6.6.1), those that refuse a request too.

namespace demo {
namespace {

class OwnResponse : public ServerRig {
 protected:
  void expect_dated(const TestResponse& response, int status) {
    EXPECT_EQ(response.status, status);
    std::tm parts{};
    const std::string text = response.field("date");
    const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
    ASSERT_TRUE(end != nullptr && *end == '\0') << status << ": \"" << text << '"';
    EXPECT_LE(std::abs(::timegm(&parts) - std::time(nullptr)), 60);
  }
  void expect_dated(std::string_view request, int status) {
    Client client = connect();
    expect_dated(ask(client, request), status);
  }
};

TEST_F(OwnResponse, ToAnInvalidRequestIsDated) {
  expect_dated("GET / HTTP/1.1\r\n\r\n", 400);
  expect_dated("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505);
  expect_dated("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", 501);
  expect_dated("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx", 400);
  expect_dated("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n", 417);
  expect_dated(fmt::format("GET /{:a>9000} HTTP/1.1\r\nHost: a\r\n\r\n", ""), 414);
  expect_dated(fmt::format("GET / HTTP/1.1\r\nHost: a\r\nX: {:a>20000}\r\n\r\n", ""), 431);
}

TEST_F(OwnResponse, ToASlowClientIsDated) {
  snapshot.client_timeouts.head = std::chrono::milliseconds(1);
  snapshot.client_timeouts.body = std::chrono::milliseconds(1);
  apply();
  expect_dated("GET / HT", 408);
  expect_dated("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nx", 408);
}

TEST_F(OwnResponse, BehindOthersOfTheSameConnectionIsDated) {
  Client client = connect();
  client.send(fmt::format("{}{}x\r\n\r\n", kGet, kPost));
  expect_dated(answer(client), 200);
  expect_dated(answer(client), 200);
  expect_dated(answer(client), 400);
}

TEST_F(OwnResponse, OfAnyShapeIsDated) {
  for (const int status : {200, 204, 301, 304, 404, 503}) {
    expect_dated(fmt::format("GET /?r={} HTTP/1.1\r\nHost: a\r\n\r\n", status), status);
  }
  expect_dated("GET /?s=100k&chunked=1 HTTP/1.1\r\nHost: a\r\n\r\n", 200);
}

}  // namespace
}  // namespace demo
