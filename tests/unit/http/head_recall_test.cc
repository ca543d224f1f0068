#include <gmock/gmock.h>

#include <string>
#include <string_view>
#include <vector>

#include "corpus_cases.h"
#include "http/request_parser.h"
#include "http/response_parser.h"

namespace demo {
namespace {

std::string told(const std::array<Field, limits::kFieldCount>& fields, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) {
    text.append(fields[i].name).append("=").append(fields[i].value).append(";");
  }
  return text;
}

// All that a parser says of a message, as one text.
std::string verdict(RequestParser& parser, const std::string& bytes) {
  const ParseOutcome outcome = parser.parse(bytes);
  if (outcome == ParseOutcome::kIncomplete) return "incomplete";
  if (outcome == ParseOutcome::kRejected) return std::string(parser.rejection().reason);
  const RequestHead& head = parser.head();
  std::string text = std::to_string(head.size) + " " + std::to_string(static_cast<int>(head.method)) + " " +
                     std::to_string(static_cast<int>(head.body)) + " " + std::to_string(head.content_length) +
                     " " + std::to_string(head.minor_version);
  for (const bool flag : {head.persistent, head.expects_continue, head.upgrade, head.passed_us})
    text += flag ? "+" : "-";
  for (const auto view : {head.method_text, head.target, head.path_query, head.host}) {
    text.append(" ").append(view);
  }
  return text + " " + told(head.fields, head.field_count);
}

std::string verdict(ResponseParser& parser, const std::string& bytes,
                    const ResponseExpectation& expectation) {
  const ParseOutcome outcome = parser.parse(bytes, expectation);
  if (outcome == ParseOutcome::kIncomplete) return "incomplete";
  if (outcome == ParseOutcome::kRejected) return std::string(parser.rejection().reason);
  const ResponseHead& head = parser.head();
  std::string text = std::to_string(head.size) + " " + std::to_string(head.status) + " " +
                     std::to_string(static_cast<int>(head.body)) + " " + std::to_string(head.content_length) +
                     " " + std::to_string(head.minor_version);
  for (const bool flag : {head.persistent, head.switches, head.chunked}) text += flag ? "+" : "-";
  return text.append(" ").append(head.reason) + " " + told(head.fields, head.field_count);
}

TEST(HeadRecall, RecallsThatTheHeadPassedUs) {
  RequestParser parser(Recall::kLastHead);
  const std::string looped = "GET / HTTP/1.1\r\nHost: a\r\nCDN-Loop: x, us-1\r\n\r\n";
  ASSERT_EQ(parser.parse(looped), ParseOutcome::kComplete);
  EXPECT_FALSE(parser.head().passed_us);
  parser.set_loop_name("us-1");
  for (int time = 0; time < 3; ++time) {
    ASSERT_EQ(parser.parse(looped), ParseOutcome::kComplete);
    EXPECT_TRUE(parser.head().passed_us);
  }
  ASSERT_EQ(parser.parse("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), ParseOutcome::kComplete);
  EXPECT_FALSE(parser.head().passed_us);
}

TEST(HeadRecall, KeepsTheHeadWhenItsFirstBytesAreGone) {
  RequestParser parser(Recall::kLastHead);
  std::string first = "GET http://a:1/x?y HTTP/1.1\r\nHost: a:1\r\nA: b\r\n\r\n";
  const std::string again = first + "GET / HTTP/1.1\r\n";
  ASSERT_EQ(parser.parse(first), ParseOutcome::kComplete);
  first.assign(first.size(), '#');
  ASSERT_EQ(parser.parse(again), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().host, "a:1");
  EXPECT_EQ(parser.head().path_query, "/x?y");
  EXPECT_EQ(parser.head().fields[1].value, "b");
  EXPECT_EQ(parser.head().size, first.size());
}

TEST(HeadRecall, ForgetsWithTheNextOtherHead) {
  RequestParser parser(Recall::kLastHead);
  const std::string get = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string post = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n";
  const std::string begun = "PUT /3 HTTP/1.1\r\nHo";
  const std::string bad = "GET /4 HTTP/1.1\r\n\r\n";
  for (const std::string* other : {&post, &begun, &bad}) {
    RequestParser fresh;
    const std::string expected = verdict(fresh, get);
    EXPECT_EQ(verdict(parser, get), expected);
    EXPECT_EQ(verdict(parser, get), expected);
    verdict(parser, *other);
    EXPECT_EQ(verdict(parser, get), expected);
  }
}

TEST(HeadRecall, TakesNoLongerHeadForAKnownOne) {
  RequestParser parser(Recall::kLastHead);
  ASSERT_EQ(parser.parse("GET / HTTP/1.0\r\nA: b\r\n\r\n"), ParseOutcome::kComplete);
  ASSERT_EQ(parser.parse("GET / HTTP/1.0\r\nA: b\r\nC: d\r\n\r\n"), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().field_count, 2U);
}

TEST(HeadRecall, ReadsARepeatedResponseForWhatItAnswers) {
  ResponseParser parser(Recall::kLastHead);
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
  ASSERT_EQ(parser.parse(bytes, {Method::kGet}), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().body, BodyKind::kLength);
  ASSERT_EQ(parser.parse(bytes, {Method::kHead}), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().body, BodyKind::kNone);
  ASSERT_EQ(parser.parse(bytes, {Method::kGet}), ParseOutcome::kComplete);
  EXPECT_EQ(parser.head().body, BodyKind::kLength);
}

TEST(HeadRecall, SaysTheSameOfTheWholeCorpusTwice) {
  RequestParser requests(Recall::kLastHead);
  ResponseParser responses(Recall::kLastHead);
  for (const CorpusCase& one : load_corpus("request")) {
    RequestParser fresh;
    const std::string expected = verdict(fresh, one.raw);
    EXPECT_EQ(verdict(requests, one.raw), expected) << one.name;
    EXPECT_EQ(verdict(requests, one.raw), expected) << one.name << ", repeated";
  }
  for (const CorpusCase& one : load_corpus("response")) {
    for (const ResponseExpectation& asked :
         {ResponseExpectation{}, ResponseExpectation{Method::kHead, true}}) {
      ResponseParser fresh;
      const std::string expected = verdict(fresh, one.raw, asked);
      EXPECT_EQ(verdict(responses, one.raw, asked), expected) << one.name;
      EXPECT_EQ(verdict(responses, one.raw, asked), expected) << one.name << ", repeated";
    }
  }
}

}  // namespace
}  // namespace demo
