#include "http/request_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace demo {
namespace {

using ::testing::HasSubstr;

class RequestParserTest : public ::testing::Test {
 protected:
  ParseOutcome parse(const std::string& bytes) {
    bytes_ = bytes;
    return parser_.parse(bytes_);
  }
  const RequestHead& accepted(const std::string& bytes) {
    EXPECT_EQ(parse(bytes), ParseOutcome::kComplete) << parser_.rejection().reason;
    return parser_.head();
  }
  unsigned status_of(const std::string& bytes) {
    const ParseOutcome outcome = parse(bytes);
    if (outcome != ParseOutcome::kRejected) return outcome == ParseOutcome::kComplete ? 200 : 0;
    return parser_.rejection().status;
  }

  std::string bytes_;
  RequestParser parser_;
};

std::string get(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

TEST_F(RequestParserTest, FindsItsOwnNameInAnyCdnLoopField) {
  parser_.set_loop_name("us-1");
  EXPECT_TRUE(accepted(get("cdn-LOOP: other; a=\"b\"\r\nCDN-Loop: x,us-1-2 ; c\r\n")).passed_us);
  EXPECT_TRUE(accepted(get("CDN-Loop: us-1\r\nCDN-Loop: x\r\n")).passed_us);
  EXPECT_FALSE(accepted(get("CDN-Loop: us-2\r\nCDN-Loop:\r\nVia: us-1\r\n")).passed_us);
}

TEST_F(RequestParserTest, SplitsAHead) {
  const RequestHead& head =
      accepted("POST /a/b?c=d HTTP/1.1\r\nHost: example.org:8080\r\nX-Empty:\r\nX-B: \t v w \r\n\r\nrest");
  EXPECT_EQ(head.method, Method::kPost);
  EXPECT_EQ(head.method_text, "POST");
  EXPECT_EQ(head.target, "/a/b?c=d");
  EXPECT_EQ(head.path_query, "/a/b?c=d");
  EXPECT_EQ(head.host, "example.org:8080");
  EXPECT_EQ(head.minor_version, 1U);
  EXPECT_TRUE(head.persistent);
  EXPECT_EQ(head.body, BodyKind::kNone);
  EXPECT_EQ(head.size, bytes_.size() - 4);
  ASSERT_EQ(head.field_count, 3U);
  EXPECT_EQ(head.fields[1].name, "X-Empty");
  EXPECT_EQ(head.fields[1].value, "");
  EXPECT_EQ(head.fields[2].name, "X-B");
  EXPECT_EQ(head.fields[2].value, "v w");
}

TEST_F(RequestParserTest, ViewsPointIntoTheBytesEvenWhereTabsHadToBeReplaced) {
  const RequestHead& head =
      accepted("PUT / HTTP/1.1\r\nHost: a\r\nX:\ta\tb\t\r\nContent-Length:\t5\t\r\n\r\n");
  EXPECT_EQ(head.content_length, 5U);
  EXPECT_EQ(head.fields[1].value, "a\tb");
  EXPECT_GE(head.fields[1].value.data(), bytes_.data());
  EXPECT_LT(head.fields[1].value.data(), bytes_.data() + bytes_.size());
}

TEST_F(RequestParserTest, KnowsItsMethodsAndPassesOthersOn) {
  EXPECT_EQ(accepted("GET / HTTP/1.0\r\n\r\n").method, Method::kGet);
  EXPECT_EQ(accepted("HEAD / HTTP/1.0\r\n\r\n").method, Method::kHead);
  EXPECT_EQ(accepted("PUT / HTTP/1.0\r\n\r\n").method, Method::kPut);
  EXPECT_EQ(accepted("DELETE / HTTP/1.0\r\n\r\n").method, Method::kDelete);
  EXPECT_EQ(accepted("OPTIONS / HTTP/1.0\r\n\r\n").method, Method::kOptions);
  EXPECT_EQ(accepted("PATCH / HTTP/1.0\r\n\r\n").method, Method::kPatch);
  EXPECT_EQ(accepted("TRACE / HTTP/1.0\r\n\r\n").method, Method::kTrace);
  EXPECT_EQ(accepted("PROPFIND / HTTP/1.0\r\n\r\n").method, Method::kOther);
  EXPECT_EQ(accepted("get / HTTP/1.0\r\n\r\n").method, Method::kOther);
  EXPECT_EQ(parser_.head().method_text, "get");
}

TEST_F(RequestParserTest, RefusesConnectAsNotOffered) {
  EXPECT_EQ(status_of("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), 501U);
  EXPECT_EQ(status_of("connect a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"), 400U) << "which is another method";
}

TEST_F(RequestParserTest, SplitsAnAbsoluteFormWhoseAuthorityWins) {
  const RequestHead& head = accepted("GET HTTP://b.example:81/x?y HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(head.host, "b.example:81");
  EXPECT_EQ(head.path_query, "/x?y");
  EXPECT_EQ(head.target, "HTTP://b.example:81/x?y");
  EXPECT_EQ(accepted("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n").path_query, "/");
  EXPECT_EQ(accepted("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n").path_query, "?q");
  EXPECT_EQ(accepted("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n").path_query, "*");
}

TEST_F(RequestParserTest, RefusesTargetsOfNoValidForm) {
  for (const char* target :
       {"http:///x", "http://:80/", "http://u@b/", "ftp://b/", "http:/b", "//", "/a#b", "*", "a", "/%", "/%4",
        "/%4g", "/<", "http://b\\c/", "http://[::1/", "http://b:8x/"}) {
    const unsigned status = status_of(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    EXPECT_EQ(status, std::string(target) == "//" ? 200U : 400U) << target;
  }
}

TEST_F(RequestParserTest, TakesTheTargetsThatBrowsersSend) {
  for (const char* target : {"/?a[]=1", "/?a={b}|c^d`e\\f", "/a|b", "/a[1]", "/%41%zz"}) {
    const bool valid = std::string(target) != "/%41%zz";
    EXPECT_EQ(status_of(std::string("GET ") + target + " HTTP/1.1\r\nHost: a\r\n\r\n"), valid ? 200U : 400U)
        << target;
  }
}

TEST_F(RequestParserTest, PersistsAsVersionAndConnectionSay) {
  EXPECT_TRUE(accepted(get("")).persistent);
  EXPECT_FALSE(accepted(get("Connection: x, Close ,y\r\n")).persistent);
  EXPECT_FALSE(accepted(get("Connection: keep-alive\r\nConnection: close\r\n")).persistent);
  EXPECT_FALSE(accepted("GET / HTTP/1.0\r\n\r\n").persistent);
  EXPECT_TRUE(accepted("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").persistent);
  EXPECT_FALSE(accepted("GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n").persistent);
  EXPECT_TRUE(accepted("GET / HTTP/1.7\r\nHost: a\r\n\r\n").persistent);
}

TEST_F(RequestParserTest, SeesAnUpgradeOnlyWhenConnectionNamesIt) {
  EXPECT_TRUE(accepted(get("Connection: Upgrade\r\nUpgrade: websocket\r\n")).upgrade);
  EXPECT_FALSE(accepted(get("Upgrade: websocket\r\n")).upgrade);
  EXPECT_FALSE(accepted(get("Connection: upgrade\r\n")).upgrade);
  EXPECT_FALSE(accepted("GET / HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n").upgrade);
}

TEST_F(RequestParserTest, SeesNoUpgradeToWhatWouldHideRequests) {
  for (const char* value : {"h2c", "H2C", "HTTP/2.0", "http", "TLS/1.0", "h2", "h3", "h2c, tls/1.2, HTTP/2.0",
                            "h2c\r\nUpgrade: h2"}) {
    const std::string fields = std::string("Connection: Upgrade\r\nUpgrade: ") + value + "\r\n";
    EXPECT_FALSE(accepted(get(fields)).upgrade) << value;
  }
  for (const char* value : {"WebSocket", "tcp", "SPDY/3.1", "h2cx", "xh2c", "websocket, h2c", "h2c,websocket",
                            "websocket\r\nUpgrade: h2c", "h2c\r\nUpgrade: websocket"}) {
    const std::string fields = std::string("Connection: Upgrade\r\nUpgrade: ") + value + "\r\n";
    EXPECT_TRUE(accepted(get(fields)).upgrade) << value;
  }
  EXPECT_FALSE(accepted(get("Connection: Upgrade\r\nUpgrade: , ,\r\n")).upgrade);
}

TEST_F(RequestParserTest, ExpectsContinueOnlyWithABodyAndInHttp11) {
  EXPECT_TRUE(accepted(get("Expect: 100-Continue\r\nContent-Length: 5\r\n")).expects_continue);
  EXPECT_TRUE(accepted(get("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n")).expects_continue);
  EXPECT_FALSE(accepted(get("Expect: 100-continue\r\n")).expects_continue);
  EXPECT_FALSE(
      accepted("GET / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n").expects_continue);
  EXPECT_EQ(status_of(get("Expect: 200-ok\r\n")), 417U);
}

TEST_F(RequestParserTest, FindsTheBodysKind) {
  EXPECT_EQ(accepted(get("Content-Length: 7\r\n")).body, BodyKind::kLength);
  EXPECT_EQ(parser_.head().content_length, 7U);
  EXPECT_EQ(accepted(get("Content-Length: 0\r\n")).body, BodyKind::kNone);
  EXPECT_EQ(accepted(get("Transfer-Encoding: Chunked\r\n")).body, BodyKind::kChunked);
}

TEST_F(RequestParserTest, GivesEachRefusalItsStatus) {
  EXPECT_EQ(status_of(get("Transfer-Encoding: gzip\r\n")), 501U);
  EXPECT_EQ(status_of(get("Transfer-Encoding: gzip, chunked\r\n")), 501U);
  EXPECT_EQ(status_of(get("Transfer-Encoding: chunked, gzip\r\n")), 400U);
  EXPECT_EQ(status_of(get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n")), 400U);
  EXPECT_EQ(status_of(get("Content-Length: 9223372036854775807\r\n")), 200U);
  EXPECT_EQ(status_of(get("Content-Length: 9223372036854775808\r\n")), 400U);
  EXPECT_EQ(status_of("GET / HTTP/2.0\r\nHost: a\r\n\r\n"), 505U);
  EXPECT_EQ(status_of("GET / HTTP/0.9\r\nHost: a\r\n\r\n"), 505U);
  EXPECT_EQ(status_of("GET /\r\n\r\n"), 400U);
  EXPECT_EQ(status_of("GET / \r\n\r\n"), 400U);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nX: v\r\n\r\n"), 400U);
  EXPECT_THAT(std::string(parser_.rejection().reason), HasSubstr("Host"));
}

TEST_F(RequestParserTest, RefusesAsSoonAsItIsCertain) {
  for (const char* bytes :
       {"\n", "\x16\x03\x01", " ", "GET / HTTP/1.1\n", "GET / HTTP/1.1\rX", "GET / HTTP/1.1\r\n ",
        "GET / HTTP/1.1\r\n:", "GET / HTTP/1.1\r\nA\x01", "GET\t", "G(", "GET / HTTP/3.0\r",
        "GET a HTTP/1.1\r\n", "\r\n\n", "GET / HTTP/1.1\r\nA: b\r\n\rX"}) {
    EXPECT_EQ(parse(bytes), ParseOutcome::kRejected) << ::testing::PrintToString(std::string(bytes));
  }
}

TEST_F(RequestParserTest, WaitsWhileAHeadMayStillBecomeValid) {
  const std::string head = "GET /a?b HTTP/1.1\r\nHost: a\r\nX: \t\xe4\r\n\r\n";
  for (std::size_t size = 0; size < head.size(); ++size) {
    EXPECT_EQ(parse(head.substr(0, size)), ParseOutcome::kIncomplete) << size;
  }
  EXPECT_EQ(parse(head), ParseOutcome::kComplete);
}

TEST_F(RequestParserTest, CountsEmptyLinesBeforeTheRequestIntoItsSize) {
  const RequestHead& head = accepted("\r\n\r\nGET / HTTP/1.0\r\n\r\n");
  EXPECT_EQ(head.size, bytes_.size());
  EXPECT_EQ(head.target, "/");
}

TEST_F(RequestParserTest, ForgetsThePreviousHead) {
  EXPECT_TRUE(
      accepted(get("Connection: upgrade\r\nUpgrade: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n"))
          .upgrade);
  const RequestHead& head = accepted("GET / HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(head.upgrade);
  EXPECT_FALSE(head.expects_continue);
  EXPECT_EQ(head.body, BodyKind::kNone);
  EXPECT_EQ(head.content_length, 0U);
  EXPECT_EQ(head.host, "");
  EXPECT_EQ(head.field_count, 0U);
}

}  // namespace
}  // namespace demo
