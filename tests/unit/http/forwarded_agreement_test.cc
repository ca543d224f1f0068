#include <gtest/gtest.h>
#include <llhttp.h>

#include <array>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "corpus_cases.h"
#include "http/body_reader.h"
#include "http/request_head_writer.h"
#include "http/request_parser.h"
#include "http/response_head_writer.h"
#include "http/response_parser.h"
#include "message_generator.h"

namespace demo {
namespace {

namespace beast = boost::beast::http;

// What a parser makes of the first message in some bytes.
struct Message {
  std::string target;  // of a request
  std::string body;
  std::size_t size = 0;
  bool operator==(const Message&) const = default;
};

template <typename Parser>
std::optional<Message> as_beast_sees(Parser& parser, std::string_view bytes) {
  parser.eager(true);
  parser.body_limit(1024 * 1024);
  parser.header_limit(2 * limits::kHeadSizeBytes);
  boost::system::error_code error;
  Message message;
  while (!parser.is_done() && message.size < bytes.size()) {
    const std::size_t step = parser.put(boost::asio::buffer(bytes.substr(message.size)), error);
    message.size += step;
    if (error || step == 0) break;
  }
  if (error || !parser.is_done()) return std::nullopt;
  message.body = parser.get().body();
  return message;
}

// llhttp on its own, as a Node server behind the proxy would run it.
std::optional<Message> as_node_sees(llhttp_type type, bool skip_body, std::string_view bytes) {
  struct Sink {
    Message message;
    bool skip_body;
  } sink{{}, skip_body};
  llhttp_settings_t settings;
  llhttp_settings_init(&settings);
  settings.on_url = [](llhttp_t* parser, const char* at, std::size_t size) {
    static_cast<Sink*>(parser->data)->message.target.append(at, size);
    return 0;
  };
  settings.on_headers_complete = [](llhttp_t* parser) -> int {
    return static_cast<Sink*>(parser->data)->skip_body;
  };
  settings.on_body = [](llhttp_t* parser, const char* at, std::size_t size) {
    static_cast<Sink*>(parser->data)->message.body.append(at, size);
    return 0;
  };
  settings.on_message_complete = [](llhttp_t*) -> int { return HPE_PAUSED; };
  llhttp_t parser;
  llhttp_init(&parser, type, &settings);
  parser.data = &sink;
  if (llhttp_execute(&parser, bytes.data(), bytes.size()) != HPE_PAUSED) return std::nullopt;
  sink.message.size = static_cast<std::size_t>(llhttp_get_error_pos(&parser) - bytes.data());
  return sink.message;
}

// The body behind a head, read to its end.
std::optional<Message> body_of(std::string_view bytes, std::size_t head_size, BodyReader reader) {
  Message message;
  message.size = head_size;
  for (;;) {
    const BodyReader::Step step = reader.step(bytes.substr(message.size));
    message.size += step.consumed;
    message.body += step.payload;
    if (step.outcome == ParseOutcome::kComplete) return message;
    if (step.outcome == ParseOutcome::kRejected || message.size == bytes.size()) return std::nullopt;
  }
}

// Forwards the first request of bytes, if it is accepted, and has two other parsers read what the backend
// would get. Returns whether there was something to forward.
bool check_forwarded_request(std::string_view bytes) {
  RequestParser parser;
  if (parser.parse(bytes) != ParseOutcome::kComplete) return false;
  const RequestHead& head = parser.head();
  std::optional<Message> ours = body_of(bytes, head.size, BodyReader(head.body, head.content_length));
  if (!ours) return false;
  static std::array<char, 2 * limits::kHeadSizeBytes> out;
  std::string sent(write_request_head(out, head, {.default_host = "b", .x_forwarded = true, .via = true}));
  sent += bytes.substr(head.size, ours->size - head.size);
  const std::size_t sent_size = sent.size();
  sent += "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";

  SCOPED_TRACE(::testing::PrintToString(std::string(bytes)) + " sent as " + ::testing::PrintToString(sent));
  beast::request_parser<beast::string_body> beast_parser;
  const std::optional<Message> theirs = as_beast_sees(beast_parser, sent);
  EXPECT_TRUE(theirs);
  if (theirs) {
    EXPECT_EQ(theirs->size, sent_size);
    EXPECT_EQ(theirs->body, ours->body);
  }
  // llhttp knows a fixed list of methods, and not every valid chunk extension.
  const bool beyond_node = head.method == Method::kOther || head.body == BodyKind::kChunked;
  const std::optional<Message> nodes = as_node_sees(HTTP_REQUEST, false, sent);
  EXPECT_TRUE(nodes || beyond_node);
  if (nodes) {
    EXPECT_EQ(nodes->size, sent_size);
    EXPECT_EQ(nodes->body, ours->body);
  }
  return true;
}

bool check_forwarded_response(std::string_view bytes) {
  ResponseParser parser;
  if (parser.parse(bytes, {}) != ParseOutcome::kComplete) return false;
  const ResponseHead& head = parser.head();
  if (head.body == BodyKind::kUntilClose) return false;
  std::optional<Message> ours = body_of(bytes, head.size, BodyReader(head.body, head.content_length));
  if (!ours) return false;
  static std::array<char, 2 * limits::kHeadSizeBytes> out;
  std::string sent(write_response_head(out, head, {.via = true, .date = "Sun, 06 Nov 1994 08:49:37 GMT"}));
  sent += bytes.substr(head.size, ours->size - head.size);
  const std::size_t sent_size = sent.size();
  sent += "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

  SCOPED_TRACE(::testing::PrintToString(std::string(bytes)) + " sent as " + ::testing::PrintToString(sent));
  beast::response_parser<beast::string_body> beast_parser;
  const std::optional<Message> theirs = as_beast_sees(beast_parser, sent);
  EXPECT_TRUE(theirs);
  if (theirs) {
    EXPECT_EQ(theirs->size, sent_size);
    EXPECT_EQ(theirs->body, ours->body);
  }
  const std::optional<Message> nodes = as_node_sees(HTTP_RESPONSE, head.body == BodyKind::kNone, sent);
  EXPECT_TRUE(nodes || head.body == BodyKind::kChunked);
  if (nodes) {
    EXPECT_EQ(nodes->size, sent_size);
    EXPECT_EQ(nodes->body, ours->body);
  }
  return true;
}

TEST(ForwardedAgreement, BackendsReadTheRequestThatWasUnderstood) {
  MessageGenerator generator(31);
  int checked = 0;
  for (int round = 0; round < 20000; ++round) checked += check_forwarded_request(generator.odd_request());
  EXPECT_GT(checked, 1000);
  for (int round = 0; round < 1000; ++round) {
    std::string content;
    EXPECT_TRUE(check_forwarded_request(generator.valid_request(content)));
  }
}

TEST(ForwardedAgreement, BackendsReadTheCorpusAsItWasUnderstood) {
  int checked = 0;
  for (const CorpusCase& one : load_corpus("request")) checked += check_forwarded_request(one.raw);
  EXPECT_GT(checked, 30);
}

TEST(ForwardedAgreement, ClientsReadTheResponseThatWasUnderstood) {
  MessageGenerator generator(32);
  int checked = 0;
  for (int round = 0; round < 20000; ++round) checked += check_forwarded_response(generator.odd_response());
  EXPECT_GT(checked, 1000);
  for (const CorpusCase& one : load_corpus("response")) check_forwarded_response(one.raw);
}

}  // namespace
}  // namespace demo
