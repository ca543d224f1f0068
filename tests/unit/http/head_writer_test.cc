#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>

#include "corpus_cases.h"
#include "http/request_head_writer.h"
#include "http/request_parser.h"
#include "http/response_head_writer.h"
#include "http/response_parser.h"
#include "request_stream.h"

namespace demo {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

std::string forwarded(const std::string& bytes, const RequestForwarding& forwarding = {}) {
  RequestParser parser;
  EXPECT_EQ(parser.parse(bytes), ParseOutcome::kComplete) << parser.rejection().reason;
  std::array<char, 20000> out;
  return std::string(write_request_head(out, parser.head(), forwarding));
}

std::string forwarded_response(const std::string& bytes, const ResponseForwarding& forwarding = {},
                               const ResponseExpectation& expectation = {}) {
  ResponseParser parser;
  EXPECT_EQ(parser.parse(bytes, expectation), ParseOutcome::kComplete) << parser.rejection().reason;
  std::array<char, 20000> out;
  return std::string(write_response_head(out, parser.head(), forwarding));
}

std::string get(const std::string& fields) { return "GET /x HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n"; }

TEST(RequestHeadWriter, PassesAPlainHeadOn) {
  EXPECT_EQ(forwarded(get("Accept:  */*\t\r\nX-Empty:\r\n")),
            "GET /x HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nX-Empty: \r\n\r\n");
}

TEST(RequestHeadWriter, AddsToCdnLoopWhateverConnectionSays) {
  EXPECT_EQ(forwarded(get("CDN-Loop: x\r\nConnection: cdn-loop\r\n"), {.loop_mark = "us-1"}),
            "GET /x HTTP/1.1\r\nHost: a\r\nCDN-Loop: x\r\nCDN-Loop: us-1\r\n\r\n");
  EXPECT_EQ(forwarded(get("CDN-Loop: x\r\n")), "GET /x HTTP/1.1\r\nHost: a\r\nCDN-Loop: x\r\n\r\n");
}

TEST(RequestHeadWriter, SpeaksHttp11WithAHostWhateverTheClientSpoke) {
  EXPECT_EQ(forwarded("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", {.default_host = "b:80"}),
            "GET / HTTP/1.1\r\nHost: b:80\r\n\r\n");
}

TEST(RequestHeadWriter, TurnsTheAbsoluteFormToOriginForm) {
  EXPECT_EQ(forwarded("GET http://b:81/x?y HTTP/1.1\r\nX: v\r\nHost: a\r\n\r\n"),
            "GET /x?y HTTP/1.1\r\nHost: b:81\r\nX: v\r\n\r\n");
  EXPECT_THAT(forwarded("GET http://b?y HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("GET /?y HTTP/1.1\r\n"));
  EXPECT_THAT(forwarded("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("GET / HTTP/1.1\r\n"));
  EXPECT_THAT(forwarded("OPTIONS http://b HTTP/1.1\r\nHost: a\r\n\r\n"), HasSubstr("OPTIONS * HTTP/1.1\r\n"));
}

TEST(RequestHeadWriter, RemovesHopByHopFieldsAndThoseThatConnectionNames) {
  EXPECT_EQ(
      forwarded(get("Keep-Alive: 5\r\nProxy-Connection: x\r\nTE: trailers\r\nConnection: TE, x-secret,A\r\n"
                    "X-Secret: 1\r\nUpgrade: h2c\r\nX-Secret-2: 2\r\na: 3\r\nConnection: close\r\n")),
      "GET /x HTTP/1.1\r\nHost: a\r\nX-Secret-2: 2\r\n\r\n");
}

TEST(RequestHeadWriter, KeepsHostAndFramingWhateverConnectionNames) {
  EXPECT_EQ(forwarded(get("Connection: host, content-length, Expect\r\nContent-Length: 007\r\n")),
            "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 7\r\n\r\n");
  EXPECT_EQ(forwarded(get("Connection: transfer-encoding\r\nTransfer-Encoding: CHUNKED\t\r\n")),
            "GET /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(forwarded(get("Content-Length: 0\r\n")),
            "GET /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
}

TEST(RequestHeadWriter, AsksTheBackendToCloseOrToSwitch) {
  EXPECT_EQ(forwarded(get(""), {.close = true}), "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(forwarded(get("Connection: upgrade, X\r\nUpgrade: websocket\r\nX: 1\r\n"), {.upgrade = true}),
            "GET /x HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n");
}

TEST(RequestHeadWriter, OffersTheBackendOnlyProtocolsThatMayBeSwitchedTo) {
  const auto offered = [](const std::string& fields) {
    return forwarded(get("Connection: upgrade\r\n" + fields), {.upgrade = true});
  };
  const std::string first = "GET /x HTTP/1.1\r\nHost: a\r\n";
  const std::string last = "Connection: upgrade\r\n\r\n";
  EXPECT_EQ(offered("Upgrade: websocket, h2c\r\n"), first + "Upgrade: websocket\r\n" + last);
  EXPECT_EQ(offered("upgrade: H2C ,chat/1,TLS/1.0,, websocket\r\n"),
            first + "upgrade: chat/1, websocket\r\n" + last);
  EXPECT_EQ(offered("Upgrade: h2c\r\nX: 1\r\nUpgrade: chat\r\n"), first + "X: 1\r\nUpgrade: chat\r\n" + last);
}

// A server that hands fields on as variables (CGI, WSGI) could not tell them from those that the proxy wrote.
TEST(RequestHeadWriter, DropsFieldsThatLookLikeThoseItWrites) {
  const std::string rest = "X_Y: 1\r\nContent_Type: t\r\nX-Real_IP: 2\r\nX_Forwarded: 3\r\n";
  EXPECT_EQ(forwarded(get("Content_Length: 5\r\nTransfer_Encoding: chunked\r\nX_Forwarded_For: 6.6.6.6\r\n"
                          "x_forwarded-host: evil\r\nX-Forwarded_Proto: https\r\n" +
                          rest),
                      {.peer = "1.1.1.1", .x_forwarded = true}),
            "GET /x HTTP/1.1\r\nHost: a\r\n" + rest +
                "X-Forwarded-For: 1.1.1.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a\r\n\r\n");
  EXPECT_EQ(forwarded(get("Transfer_Encoding: chunked\r\nX_Forwarded_For: 6.6.6.6\r\n")),
            "GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
}

TEST(RequestHeadWriter, DropsAnExpectationThatIsMetAlready) {
  const std::string bytes = get("Expect: 100-continue\r\nContent-Length: 1\r\n");
  EXPECT_THAT(forwarded(bytes), HasSubstr("Expect: 100-continue\r\n"));
  EXPECT_THAT(forwarded(bytes, {.drop_expect = true}), Not(HasSubstr("Expect")));
}

TEST(RequestHeadWriter, AddsWhoAskedWhenTold) {
  const std::string bytes =
      get("X-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\nX-Forwarded-Proto: https\r\n"
          "Via: 1.0 c\r\nForwarded: for=c\r\n");
  EXPECT_EQ(forwarded(bytes, {.peer = "10.0.0.1"}),
            "GET /x HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 1.1.1.1\r\nx-forwarded-for: 2.2.2.2\r\n"
            "X-Forwarded-Proto: https\r\nVia: 1.0 c\r\nForwarded: for=c\r\n\r\n");
  EXPECT_EQ(forwarded(bytes, {.peer = "10.0.0.1", .x_forwarded = true}),
            "GET /x HTTP/1.1\r\nHost: a\r\nVia: 1.0 c\r\nForwarded: for=c\r\n"
            "X-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: "
            "a\r\n\r\n");
  const std::string with_rest = forwarded(bytes, {.peer = "::1", .forwarded = true, .via = true});
  EXPECT_THAT(with_rest, HasSubstr("\r\nForwarded: for=c, for=\"[::1]\";host=\"a\";proto=http\r\n"));
  EXPECT_THAT(with_rest, HasSubstr("\r\nVia: 1.0 c, 1.1 demo-server\r\n"));
  EXPECT_THAT(forwarded(get(""), {.forwarded = true}), HasSubstr("Forwarded: for=unknown;host=\"a\""));
}

TEST(RequestHeadWriter, SaysWhenTheHeadDoesNotFit) {
  RequestParser parser;
  const std::string bytes = get("A: b\r\n");
  ASSERT_EQ(parser.parse(bytes), ParseOutcome::kComplete);
  std::array<char, 64> out;
  const std::size_t size = write_request_head(out, parser.head(), {}).size();
  ASSERT_GT(size, 0U);
  EXPECT_EQ(write_request_head(std::span(out).first(size), parser.head(), {}).size(), size);
  for (std::size_t room = 0; room < size; ++room) {
    EXPECT_TRUE(write_request_head(std::span(out).first(room), parser.head(), {}).empty()) << room;
  }
}

// The names and values of a head as a strict parser sees them.
std::vector<std::pair<std::string, std::string>> fields_of(const std::string& head) {
  RequestParser parser;
  EXPECT_EQ(parser.parse(head), ParseOutcome::kComplete) << head;
  std::vector<std::pair<std::string, std::string>> fields;
  for (std::size_t i = 0; i < parser.head().field_count; ++i) {
    std::string name(parser.head().fields[i].name);
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    fields.emplace_back(name, parser.head().fields[i].value);
  }
  return fields;
}

TEST(RequestHeadWriter, ForwardsEveryAcceptedCorpusRequestAsItDemands) {
  for (const CorpusCase& one : load_corpus("request")) {
    SCOPED_TRACE(one.name);
    RequestParser parser;
    if (one.expect == "reject" || parser.parse(one.raw) != ParseOutcome::kComplete) continue;
    std::array<char, 20000> out;
    const std::string head(write_request_head(out, parser.head(), {.default_host = "b"}));
    const std::size_t consumed = parser.head().size;
    const auto fields = fields_of(head);
    for (const std::string& demand : one.forwarded) {
      const std::string what = demand.substr(demand.find_first_of(":=") + 1);
      const auto named = [](const std::string& name) { return ::testing::Pair(name, ::testing::_); };
      if (demand.starts_with("no:")) {
        EXPECT_THAT(fields, Each(Not(named(what))));
      }
      if (demand.starts_with("has:")) {
        EXPECT_THAT(fields, Contains(named(what)));
      }
      if (demand.starts_with("n=")) {
        RequestStream behind;
        behind.feed(head + one.raw.substr(consumed));
        EXPECT_EQ(behind.requests().size(), std::stoul(what));
      }
    }
  }
}

TEST(ResponseHeadWriter, PassesAPlainHeadOn) {
  EXPECT_EQ(forwarded_response("HTTP/1.1 404 Nope\r\nContent-Length: 03\r\nX-A:\tb\r\n\r\n"),
            "HTTP/1.1 404 Nope\r\nX-A: b\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(forwarded_response("HTTP/1.0 200\r\n\r\n"), "HTTP/1.1 200 \r\n\r\n");
}

TEST(ResponseHeadWriter, RemovesHopByHopFieldsAndThoseThatConnectionNames) {
  EXPECT_EQ(forwarded_response("HTTP/1.1 200 OK\r\nConnection: close, X-B, Content-Length\r\nX-B: 1\r\n"
                               "Keep-Alive: 5\r\nUpgrade: h2\r\nContent-Length: 1\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n");
}

TEST(ResponseHeadWriter, SaysWhatBecomesOfTheConnection) {
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
  EXPECT_THAT(forwarded_response(bytes, {.connection = ClientConnection::kClose}),
              HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(forwarded_response(bytes, {.client_minor_version = 0}),
              HasSubstr("\r\nConnection: keep-alive\r\n"));
  EXPECT_EQ(forwarded_response("HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
                               {.connection = ClientConnection::kSwitch}, {.upgrade = true}),
            "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n");
  EXPECT_EQ(forwarded_response("HTTP/1.1 100 Continue\r\nDate: x\r\n\r\n",
                               {.connection = ClientConnection::kClose, .date = "now"}),
            "HTTP/1.1 100 Continue\r\nDate: x\r\n\r\n");
}

TEST(ResponseHeadWriter, DelimitsTheBodyAsAsked) {
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_EQ(forwarded_response(chunked), chunked);
  EXPECT_EQ(forwarded_response(chunked, {.framing = ClientFraming::kUntilClose}), "HTTP/1.1 200 OK\r\n\r\n");
}

TEST(ResponseHeadWriter, LeavesFramingFieldsOutWhereTheStatusForbidsThem) {
  EXPECT_EQ(forwarded_response("HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n"), "HTTP/1.1 204 No\r\n\r\n");
  EXPECT_EQ(forwarded_response("HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n"),
            "HTTP/1.1 304 Not\r\nContent-Length: 5\r\n\r\n");
  EXPECT_EQ(forwarded_response("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", {}, {.method = Method::kHead}),
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST(ResponseHeadWriter, AddsDateAndViaWhereMissing) {
  EXPECT_EQ(forwarded_response("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nVia: 1.1 b\r\n\r\n",
                               {.via = true, .date = "Sun, 06 Nov 1994 08:49:37 GMT"}),
            "HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Length: 0\r\n"
            "Via: 1.1 b, 1.1 demo-server\r\n\r\n");
  EXPECT_EQ(forwarded_response("HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n", {.date = "now"}),
            "HTTP/1.1 200 OK\r\nDate: then\r\nContent-Length: 0\r\n\r\n");
}

TEST(ResponseHeadWriter, WritesUnfoldedValues) {
  EXPECT_EQ(forwarded_response("HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n"),
            "HTTP/1.1 200 OK\r\nX: a   b\r\nContent-Length: 0\r\n\r\n");
}

}  // namespace
}  // namespace demo
