#include "http/response_parser.h"

#include <gtest/gtest.h>

#include "response_stream.h"
#include "splitting.h"

namespace demo {
namespace {

class ResponseParserTest : public ::testing::Test {
 protected:
  ParseOutcome parse(const std::string& bytes, const ResponseExpectation& expectation = {}) {
    bytes_ = bytes;
    return parser_.parse(bytes_, expectation);
  }
  const ResponseHead& accepted(const std::string& bytes, const ResponseExpectation& expectation = {}) {
    EXPECT_EQ(parse(bytes, expectation), ParseOutcome::kComplete) << parser_.rejection().reason;
    return parser_.head();
  }

  std::string bytes_;
  ResponseParser parser_;
};

std::string ok(const std::string& fields) { return "HTTP/1.1 200 OK\r\n" + fields + "\r\n"; }

TEST_F(ResponseParserTest, SplitsAHead) {
  const ResponseHead& head = accepted("HTTP/1.1 404 Not  Found\r\nContent-Length: 3\r\nX-A:\tb \r\n\r\nabc");
  EXPECT_EQ(head.status, 404U);
  EXPECT_EQ(head.reason, "Not  Found");
  EXPECT_EQ(head.body, BodyKind::kLength);
  EXPECT_EQ(head.content_length, 3U);
  EXPECT_TRUE(head.has_content_length);
  EXPECT_TRUE(head.persistent);
  EXPECT_FALSE(head.interim());
  EXPECT_EQ(head.size, bytes_.size() - 3);
  ASSERT_EQ(head.field_count, 2U);
  EXPECT_EQ(head.fields[1].value, "b");
}

TEST_F(ResponseParserTest, TakesAStatusLineWithoutAReason) {
  EXPECT_EQ(accepted("HTTP/1.1 200 \r\n\r\n").reason, "");
  EXPECT_EQ(accepted("HTTP/1.1 200\r\n\r\n").reason, "");
  EXPECT_EQ(accepted("HTTP/1.1 999 \xe4\tb\r\n\r\n").reason, "\xe4\tb");
}

TEST_F(ResponseParserTest, RefusesOtherStatusLines) {
  for (const char* line :
       {"HTTP/1.1  200 OK", "HTTP/1.1 20 OK", "HTTP/1.1 2000 OK", "HTTP/1.1 099 OK", "HTTP/1.1",
        "HTTP/1.1 200OK", "HTTP/2.0 200 OK", "HTTP/1.x 200 OK", "http/1.1 200 OK", "200 OK",
        "HTTP/1.1\t200 OK", "HTTP/1.11 200 OK", "GET / HTTP/1.1"}) {
    EXPECT_EQ(parse(std::string(line) + "\r\n\r\n"), ParseOutcome::kRejected) << line;
    EXPECT_EQ(parser_.rejection().status, 502U);
  }
}

TEST_F(ResponseParserTest, RefusesWhatIsNoResponseWithItsFirstByte) {
  for (const char* bytes : {"\r", "\n", "<", "h", "HTTQ", "HTTP/2"}) {
    EXPECT_EQ(parse(bytes), ParseOutcome::kRejected) << bytes;
  }
  EXPECT_EQ(parse(""), ParseOutcome::kIncomplete);
  EXPECT_EQ(parse("HTT"), ParseOutcome::kIncomplete);
}

TEST_F(ResponseParserTest, HasNoBodyWhereTheRequestOrTheStatusForbidsOne) {
  const ResponseHead& head = accepted(ok("Content-Length: 9\r\n"), {.method = Method::kHead});
  EXPECT_EQ(head.body, BodyKind::kNone);
  EXPECT_EQ(head.content_length, 9U);
  EXPECT_TRUE(head.persistent);
  EXPECT_EQ(accepted("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n").body, BodyKind::kNone);
  EXPECT_TRUE(parser_.head().persistent);
  EXPECT_EQ(accepted("HTTP/1.1 204 No Content\r\n\r\n").body, BodyKind::kNone);
  EXPECT_TRUE(parser_.head().persistent);
  EXPECT_EQ(accepted(ok("Transfer-Encoding: chunked\r\n"), {.method = Method::kHead}).body, BodyKind::kNone);
}

TEST_F(ResponseParserTest, DoesNotReuseAConnectionAfterALengthWhereNoneMayBe) {
  EXPECT_FALSE(accepted("HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n").persistent);
  EXPECT_FALSE(accepted("HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n").persistent);
}

TEST_F(ResponseParserTest, ReadsUntilTheCloseWithoutALength) {
  const ResponseHead& head = accepted(ok(""));
  EXPECT_EQ(head.body, BodyKind::kUntilClose);
  EXPECT_FALSE(head.persistent);
  EXPECT_EQ(accepted(ok("Content-Length: 0\r\n")).body, BodyKind::kNone);
  EXPECT_TRUE(parser_.head().persistent);
}

TEST_F(ResponseParserTest, PersistsAsVersionAndConnectionSay) {
  EXPECT_FALSE(accepted(ok("Content-Length: 1\r\nConnection: close\r\n")).persistent);
  EXPECT_FALSE(accepted("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n").persistent);
  EXPECT_TRUE(accepted("HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\r\n").persistent);
}

TEST_F(ResponseParserTest, KnowsInterimResponses) {
  EXPECT_TRUE(accepted("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n").interim());
  EXPECT_FALSE(accepted(ok("")).interim());
}

TEST_F(ResponseParserTest, SwitchesProtocolsOnlyWhenAsked) {
  const std::string bytes = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
  EXPECT_EQ(parse(bytes), ParseOutcome::kRejected);
  const ResponseHead& head = accepted(bytes, {.upgrade = true});
  EXPECT_TRUE(head.switches);
  EXPECT_FALSE(head.interim());
}

TEST_F(ResponseParserTest, SwitchesToWhatItNamesAndToNothingThatHidesRequests) {
  for (const char* fields :
       {"", "Upgrade: x\r\n", "Connection: upgrade\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n",
        "Connection: upgrade\r\nUpgrade: TLS/1.0, HTTP/1.1\r\n"}) {
    const std::string bytes = std::string("HTTP/1.1 101 Switching Protocols\r\n") + fields + "\r\n";
    EXPECT_EQ(parse(bytes, {.upgrade = true}), ParseOutcome::kRejected) << fields;
  }
}

TEST_F(ResponseParserTest, ReplacesFoldingsWithSpaces) {
  const std::string folded = ok("X: a\r\n\t b\r\nContent-Length: 2\r\nY:\r\n z\r\n");
  EXPECT_EQ(accepted(folded).fields[0].value, "a  \t b");
  EXPECT_EQ(parser_.head().fields[2].value, "z");
  EXPECT_EQ(parser_.head().size, folded.size());
  EXPECT_EQ(parser_.head().content_length, 2U);
}

TEST_F(ResponseParserTest, ReplacesFoldingsSeenByAnEarlierCall) {
  const std::string folded = ok("X: a\r\n b\r\nContent-Length: 2\r\n");
  for (std::size_t seen = 0; seen < folded.size(); ++seen) {
    ASSERT_EQ(parser_.parse(folded.substr(0, seen), {}), ParseOutcome::kIncomplete);
    ASSERT_EQ(parser_.parse(folded, {}, seen), ParseOutcome::kComplete);
    ASSERT_EQ(parser_.head().fields[0].value, "a   b") << seen;
  }
}

TEST_F(ResponseParserTest, RefusesFoldingsThatHideALengthOrFollowTheStatusLine) {
  EXPECT_EQ(parse(ok("Content-Length: 1\r\n 0\r\n")), ParseOutcome::kRejected);
  EXPECT_EQ(parse(ok(" X: a\r\n")), ParseOutcome::kRejected);
  EXPECT_EQ(parse(ok("Transfer-Encoding: x,\r\n chunked\r\n")), ParseOutcome::kRejected);
}

TEST_F(ResponseParserTest, PassesInterimResponsesOverAndLeavesWhatFollows) {
  ResponseStream stream;
  for (const std::string& piece : byte_by_byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\n\r\n" +
                                               ok("Content-Length: 2\r\n") + "ok")) {
    stream.feed(piece);
  }
  stream.feed("HTTP/1.1 ");
  EXPECT_EQ(stream.end(), ResponseStream::End::kComplete);
  EXPECT_EQ(stream.interim_responses(), 2U);
  EXPECT_EQ(stream.body(), "ok");
  EXPECT_EQ(stream.rest(), "HTTP/1.1 ");
}

}  // namespace
}  // namespace demo
