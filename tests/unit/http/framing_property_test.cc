#include <gtest/gtest.h>

#include "message_generator.h"
#include "request_stream.h"
#include "splitting.h"

namespace demo {
namespace {

struct Seen {
  std::vector<RequestStream::Request> requests;
  RequestStream::End end;
  unsigned status;
  bool operator==(const Seen&) const = default;
};

Seen seen_in(const Pieces& pieces) {
  RequestStream stream;
  for (const std::string& piece : pieces) stream.feed(piece);
  return {stream.requests(), stream.end(),
          stream.end() == RequestStream::End::kRejected ? stream.rejection().status : 0};
}

TEST(FramingProperty, PipelinedRequestsComeOutAsTheyWentInHoweverTheyAreSplit) {
  MessageGenerator generator(11);
  for (int round = 0; round < 400; ++round) {
    std::string bytes;
    std::vector<std::string> contents;
    for (int i = 0; i < 1 + round % 7; ++i) {
      contents.emplace_back();
      bytes += generator.valid_request(contents.back());
    }
    const Seen at_once = seen_in(whole(bytes));
    ASSERT_EQ(at_once.end, RequestStream::End::kOpen) << ::testing::PrintToString(bytes);
    ASSERT_EQ(at_once.requests.size(), contents.size());
    for (std::size_t i = 0; i < contents.size(); ++i) ASSERT_EQ(at_once.requests[i].body, contents[i]);
    ASSERT_EQ(seen_in(byte_by_byte(bytes)), at_once);
    ASSERT_EQ(seen_in(line_by_line(bytes)), at_once);
    ASSERT_EQ(seen_in(at_random(bytes, generator.random())), at_once);
  }
}

TEST(FramingProperty, EveryMessageGetsTheSameVerdictHoweverItIsSplit) {
  MessageGenerator generator(12);
  for (int round = 0; round < 6000; ++round) {
    const std::string bytes = generator.odd_request();
    const Seen at_once = seen_in(whole(bytes));
    const Seen bytewise = seen_in(byte_by_byte(bytes));
    // Which of two flaws is met first may differ; whether and what is answered before may not.
    ASSERT_EQ(bytewise.end, at_once.end) << ::testing::PrintToString(bytes);
    ASSERT_EQ(bytewise.requests, at_once.requests) << ::testing::PrintToString(bytes);
    const Seen randomly = seen_in(at_random(bytes, generator.random()));
    ASSERT_EQ(randomly.end, at_once.end) << ::testing::PrintToString(bytes);
    ASSERT_EQ(randomly.requests, at_once.requests) << ::testing::PrintToString(bytes);
  }
}

}  // namespace
}  // namespace demo
