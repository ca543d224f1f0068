#include <gtest/gtest.h>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>

#include "corpus_cases.h"
#include "http/body_reader.h"
#include "http/request_parser.h"
#include "http/response_parser.h"
#include "message_generator.h"

namespace demo {
namespace {

namespace beast = boost::beast::http;

// Where a parser says that the first message ends and what its body is; nothing when it refuses or waits for
// more.
struct Message {
  std::size_t size;
  std::string body;
};

template <typename Parser>
std::optional<Message> as_beast_sees(Parser& parser, std::string_view bytes) {
  parser.eager(true);
  parser.body_limit(1024 * 1024);
  parser.header_limit(limits::kHeadSizeBytes);
  boost::system::error_code error;
  std::size_t used = 0;
  while (!parser.is_done() && used < bytes.size()) {
    const std::size_t step = parser.put(boost::asio::buffer(bytes.substr(used)), error);
    used += step;
    if (error || step == 0) break;
  }
  if (error || !parser.is_done()) return std::nullopt;
  return Message{used, parser.get().body()};
}

std::optional<Message> body_after(std::string_view bytes, std::size_t head_size, BodyReader reader) {
  Message message{head_size, {}};
  for (;;) {
    const BodyReader::Step step = reader.step(bytes.substr(message.size));
    message.size += step.consumed;
    message.body += step.payload;
    if (step.outcome == ParseOutcome::kComplete) return message;
    if (step.outcome == ParseOutcome::kRejected || message.size == bytes.size()) return std::nullopt;
  }
}

std::optional<Message> request_as_we_see(std::string_view bytes) {
  RequestParser parser;
  if (parser.parse(bytes) != ParseOutcome::kComplete) return std::nullopt;
  return body_after(bytes, parser.head().size, BodyReader(parser.head().body, parser.head().content_length));
}

std::optional<Message> response_as_we_see(std::string_view bytes) {
  ResponseParser parser;
  if (parser.parse(bytes, {}) != ParseOutcome::kComplete) return std::nullopt;
  if (parser.head().body == BodyKind::kUntilClose) return std::nullopt;
  return body_after(bytes, parser.head().size, BodyReader(parser.head().body, parser.head().content_length));
}

// How often each side accepted, so that a test that compares nothing is noticed.
struct Tally {
  int both = 0;
  int we_alone = 0;
  int beast_alone = 0;

  void add(const std::optional<Message>& ours, const std::optional<Message>& theirs, std::string_view bytes) {
    if (ours && theirs) {
      ++both;
      EXPECT_EQ(ours->size, theirs->size) << ::testing::PrintToString(std::string(bytes));
      EXPECT_EQ(ours->body, theirs->body) << ::testing::PrintToString(std::string(bytes));
    } else if (ours) {
      ++we_alone;
    } else if (theirs) {
      ++beast_alone;
    }
  }
};

// The property: we may refuse what Beast takes (we are the stricter one: foldings, targets, missing Host,
// framing in trailers), but where both accept, they agree about the end of the message and about its body.
TEST(BeastAgreement, OnWhereValidRequestsEnd) {
  MessageGenerator generator(21);
  Tally tally;
  for (int round = 0; round < 3000; ++round) {
    std::string content;
    const std::string bytes = generator.valid_request(content) + "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    beast::request_parser<beast::string_body> parser;
    tally.add(request_as_we_see(bytes), as_beast_sees(parser, bytes), bytes);
  }
  EXPECT_GT(tally.both, 2000);
}

TEST(BeastAgreement, OnWhereOddRequestsEnd) {
  MessageGenerator generator(22);
  Tally tally;
  for (int round = 0; round < 40000; ++round) {
    const std::string bytes = generator.odd_request();
    beast::request_parser<beast::string_body> parser;
    tally.add(request_as_we_see(bytes), as_beast_sees(parser, bytes), bytes);
  }
  EXPECT_GT(tally.both, 1000);
  EXPECT_GT(tally.beast_alone, 100) << "we are the stricter one";
}

TEST(BeastAgreement, OnWhereOddResponsesEnd) {
  MessageGenerator generator(23);
  Tally tally;
  for (int round = 0; round < 40000; ++round) {
    const std::string bytes = generator.odd_response();
    beast::response_parser<beast::string_body> parser;
    tally.add(response_as_we_see(bytes), as_beast_sees(parser, bytes), bytes);
  }
  EXPECT_GT(tally.both, 1000);
}

TEST(BeastAgreement, OnTheCorpus) {
  Tally tally;
  for (const CorpusCase& one : load_corpus("request")) {
    beast::request_parser<beast::string_body> parser;
    tally.add(request_as_we_see(one.raw), as_beast_sees(parser, one.raw), one.raw);
  }
  EXPECT_GT(tally.both, 15);
}

}  // namespace
}  // namespace demo
