#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "corpus_cases.h"
#include "request_stream.h"
#include "response_stream.h"
#include "splitting.h"

namespace demo {
namespace {

std::string described(const RequestStream& stream) {
  switch (stream.end()) {
    case RequestStream::End::kOpen:
      return stream.mid_message() ? "waits for more" : "accept";
    case RequestStream::End::kClosed:
      return "accept_close";
    case RequestStream::End::kRejected:
      return "reject";
  }
  return {};
}

void expect_request_verdict(const CorpusCase& one, const Pieces& pieces) {
  SCOPED_TRACE(one.name + ": " + one.why);
  RequestStream stream;
  for (const std::string& piece : pieces) stream.feed(piece);
  EXPECT_EQ(described(stream), one.expect) << "reason: " << stream.rejection().reason;
  const bool rejected = one.expect == "reject";
  EXPECT_EQ(stream.requests().size(), rejected ? one.answered_before_verdict : one.requests);
  if (rejected) {
    EXPECT_THAT(stream.rejection().status, ::testing::AllOf(::testing::Ge(400U), ::testing::Le(505U)));
    EXPECT_FALSE(stream.rejection().reason.empty());
  }
  for (const std::string& demand : one.forwarded) {
    if (rejected || !demand.starts_with("body=") || stream.requests().empty()) continue;
    EXPECT_EQ(stream.requests().front().body, demand.substr(5));
  }
}

void expect_response_verdict(const CorpusCase& one, const Pieces& pieces) {
  SCOPED_TRACE(one.name + ": " + one.why);
  ResponseStream stream;
  for (const std::string& piece : pieces) stream.feed(piece);
  stream.close();
  EXPECT_EQ(stream.end() == ResponseStream::End::kComplete, one.expect == "accept");
  if (one.expect == "accept") {
    EXPECT_EQ(stream.body(), one.body);
  }
}

TEST(RequestCorpus, GetsItsVerdictsWhole) {
  for (const CorpusCase& one : load_corpus("request")) expect_request_verdict(one, whole(one.raw));
}

TEST(RequestCorpus, GetsItsVerdictsByteByByte) {
  for (const CorpusCase& one : load_corpus("request")) expect_request_verdict(one, byte_by_byte(one.raw));
}

TEST(RequestCorpus, GetsItsVerdictsLineByLine) {
  for (const CorpusCase& one : load_corpus("request")) expect_request_verdict(one, line_by_line(one.raw));
}

TEST(ResponseCorpus, GetsItsVerdictsWhole) {
  for (const CorpusCase& one : load_corpus("response")) expect_response_verdict(one, whole(one.raw));
}

TEST(ResponseCorpus, GetsItsVerdictsByteByByte) {
  for (const CorpusCase& one : load_corpus("response")) expect_response_verdict(one, byte_by_byte(one.raw));
}

TEST(ResponseCorpus, GetsItsVerdictsLineByLine) {
  for (const CorpusCase& one : load_corpus("response")) expect_response_verdict(one, line_by_line(one.raw));
}

TEST(Corpus, HoldsEveryCase) {
  EXPECT_EQ(load_corpus("request").size(), 215U);
  EXPECT_EQ(load_corpus("response").size(), 31U);
}

}  // namespace
}  // namespace demo
