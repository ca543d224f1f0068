#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ctime>

#include "proxy_harness.h"

// Responses that the proxy writes itself carry a Date (RFC 9110 section 6.6.1).
namespace demo::test {
namespace {

using std::chrono::milliseconds;
using testing::StartsWith;

// The moment that the one Date field of a response names; -1 without one.
std::time_t date_of(std::string_view response) {
  constexpr std::string_view kField = "\r\nDate: ";
  const std::size_t at = response.find(kField);
  if (at == std::string_view::npos || response.find(kField, at + 1) != std::string_view::npos) return -1;
  const std::string text(
      response.substr(at + kField.size(), response.find("\r\n", at + 2) - at - kField.size()));
  std::tm parts{};
  const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return end != nullptr && *end == '\0' ? ::timegm(&parts) : -1;
}

void expect_dated(const std::string& response, unsigned status) {
  EXPECT_THAT(response, StartsWith(fmt::format("HTTP/1.1 {} ", status)));
  EXPECT_LE(std::abs(date_of(response) - std::time(nullptr)), 60) << response;
}

class OwnResponse : public WithBackend {
 protected:
  std::string ask(std::string_view request) {
    TestPeer client = proxy.connect();
    client.send(request);
    return client.read_to_end();
  }
};

TEST_F(OwnResponse, ToAnInvalidRequestIsDated) {
  expect_dated(ask("GET / HTTP/1.1\r\n\r\n"), 400);
  expect_dated(ask("GET / HTTP/3.0\r\nHost: a\r\n\r\n"), 505);
  expect_dated(ask("CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n"), 501);
  expect_dated(ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx"), 400);
  expect_dated(ask("GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\n\r\n"), 417);
  expect_dated(ask(fmt::format("GET /{:a>9000} HTTP/1.1\r\nHost: a\r\n\r\n", "")), 414);
  expect_dated(ask(fmt::format("GET / HTTP/1.1\r\nHost: a\r\nX: {:a>20000}\r\n\r\n", "")), 431);
}

TEST_F(OwnResponse, ForTheBackendIsDated) {
  expect_dated(answer("nonsense\r\n\r\n", kGet), 502);
  proxy.pool().timeouts.head = milliseconds(50);
  proxy.apply();
  Pair slow = send_head(kGet);
  expect_dated(slow.client.read_to_end(), 504);
  backend.close();
  expect_dated(ask(kGet), 502);
  expect_dated(ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n"), 502);
}

TEST_F(OwnResponse, WithoutRoomAtABackendIsDated) {
  proxy.pool().queue_limit = 0;
  proxy.pool().members[0].max_connections = 1;
  proxy.apply();
  Pair first = send_head(kGet);
  expect_dated(ask(kGet), 503);
  first.served.send(ok_response("x"));
}

TEST_F(OwnResponse, WithoutABackendOrAPoolIsDated) {
  proxy.pool().members.clear();
  proxy.apply();
  expect_dated(ask(kGet), 503);
  proxy.snapshot.pools.clear();
  proxy.apply();
  expect_dated(ask(kGet), 503);
}

TEST_F(OwnResponse, ToASlowClientIsDated) {
  proxy.snapshot.client_timeouts.head = milliseconds(50);
  proxy.snapshot.client_timeouts.body = milliseconds(50);
  proxy.apply();
  expect_dated(ask("GET / HT"), 408);
  expect_dated(ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nx"), 408);
}

TEST_F(OwnResponse, IsDatedBehindAPassedOnOneThatHasItsOwnDate) {
  Pair pair = send_head(kGet);
  pair.served.send("HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n");
  EXPECT_THAT(pair.client.read_message(), testing::HasSubstr("\r\nDate: then\r\n"));
  pair.client.send("x\r\n\r\n");
  expect_dated(pair.client.read_to_end(), 400);
}

}  // namespace
}  // namespace demo::test
