#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "corpus_cases.h"
#include "http/request_parser.h"
#include "http/response_parser.h"
#include "http/written_head.h"

namespace demo {
namespace {

constexpr std::string_view kLooping = "GET /a HTTP/1.1\r\nHost: h\r\nVia: 1.1 x\r\n\r\n";

int times_written = 0;

std::string_view write_counted(std::span<char> out, const RequestHead& head,
                               const RequestForwarding& forwarding) {
  ++times_written;
  return write_request_head(out, head, forwarding);
}

class WrittenHeads : public testing::Test {
 protected:
  WrittenHeads() { times_written = 0; }
  // What is sent for the head; it must be what is sent without any memory.
  std::string sent(std::string_view bytes, const RequestForwarding& forwarding) {
    EXPECT_EQ(parser_.parse(bytes), ParseOutcome::kComplete);
    std::array<char, 20000> out;
    const std::string got(written_.write(out, parser_.head(), forwarding));
    std::array<char, 20000> expected;
    EXPECT_EQ(got, write_request_head(expected, parser_.head(), forwarding));
    return got;
  }

  RequestParser parser_{Recall::kLastHead};
  WrittenHead<RequestHead, RequestForwarding, write_counted> written_;
};

TEST_F(WrittenHeads, AreCopiedWhileNothingOfThemChanges) {
  std::string peer = "192.0.2.1";
  for (int i = 0; i < 3; ++i) {
    // From memory of its own each time, as a client's address is.
    const std::string text = peer;
    sent(kLooping, {.peer = text, .default_host = "p", .x_forwarded = true});
  }
  EXPECT_EQ(times_written, 1);
  std::string other(kLooping);
  other[5] = 'b';
  sent(other, {.peer = peer, .default_host = "p", .x_forwarded = true});
  EXPECT_EQ(times_written, 2);
}

TEST_F(WrittenHeads, AreWrittenAnewWhenAnyInputChanges) {
  std::vector<RequestForwarding> inputs(12);
  inputs[1].peer = "192.0.2.1";
  inputs[2].peer = "192.0.2.2";
  inputs[3].peer = "192.0.2.20";
  inputs[4].default_host = "p";
  inputs[5].loop_mark = "us-1";
  inputs[6].x_forwarded = true;
  inputs[7].forwarded = true;
  inputs[8].via = true;
  inputs[9].close = true;
  inputs[10].upgrade = true;
  inputs[11].drop_expect = true;
  int expected = 0;
  for (const RequestForwarding& before : inputs) {
    for (const RequestForwarding& after : inputs) {
      sent(kLooping, before);
      expected += times_written > expected ? 1 : 0;
      sent(kLooping, after);
      expected += before == after ? 0 : 1;
      EXPECT_EQ(times_written, expected);
    }
  }
}

TEST_F(WrittenHeads, OfAnotherReadingOfTheSameBytesAreWrittenAnew) {
  sent(kLooping, {});
  parser_.set_loop_name("us-1");
  sent(kLooping, {});
  EXPECT_EQ(times_written, 2);
}

TEST_F(WrittenHeads, OfNoKnownReadingAreWrittenAnew) {
  RequestHead head;
  head.method_text = "GET";
  std::array<char, 200> out;
  for (const std::string_view target : {"/a", "/b"}) {
    head.path_query = target;
    EXPECT_THAT(written_.write(out, head, {}), testing::StartsWith("GET " + std::string(target)));
  }
}

TEST_F(WrittenHeads, ThatHaveNoRoomAreNotWrittenEitherWay) {
  const std::string whole = sent(kLooping, {});
  std::array<char, 200> out;
  for (std::size_t room = 0; room < whole.size(); ++room) {
    EXPECT_EQ(written_.write(std::span(out).first(room), parser_.head(), {}), "");
    EXPECT_EQ(sent(kLooping, {}), whole);
  }
}

TEST_F(WrittenHeads, WithMoreThanIsKeptAreWrittenEachTime) {
  const std::string long_text(600, 'x');
  const std::string long_head = "GET / HTTP/1.1\r\nHost: h\r\nX: " + std::string(3000, 'x') + "\r\n\r\n";
  for (int i = 0; i < 2; ++i) {
    sent(kLooping, {.loop_mark = long_text});
    sent(long_head, {});
  }
  EXPECT_EQ(times_written, 4);
}

TEST(WrittenResponseHeads, FollowTheDateAndTheTermsOfTheClient) {
  ResponseParser parser(Recall::kLastHead);
  WrittenResponseHead written;
  std::vector<ResponseForwarding> inputs(7);
  inputs[1].date = "Sun, 06 Nov 1994 08:49:37 GMT";
  inputs[2].date = "Sun, 06 Nov 1994 08:49:38 GMT";
  inputs[3].connection = ClientConnection::kClose;
  inputs[4].client_minor_version = 0;
  inputs[5].framing = ClientFraming::kUntilClose;
  inputs[6].via = true;
  const std::string bytes = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n";
  for (int round = 0; round < 2; ++round) {
    for (const ResponseForwarding& before : inputs) {
      for (const ResponseForwarding& after : inputs) {
        for (const ResponseForwarding* forwarding : {&before, &after, &after}) {
          ASSERT_EQ(parser.parse(bytes, {}), ParseOutcome::kComplete);
          std::array<char, 500> got;
          std::array<char, 500> expected;
          EXPECT_EQ(written.write(got, parser.head(), *forwarding),
                    write_response_head(expected, parser.head(), *forwarding));
        }
      }
    }
  }
}

}  // namespace
}  // namespace demo
