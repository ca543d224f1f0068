#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/mman.h>

#include <cstdint>
#include <limits>

#include "http/body_reader.h"
#include "http/request_parser.h"
#include "http/response_parser.h"

// Lengths beyond 2^32 and 2^63: exact or refused, never wrapped.

namespace demo {
namespace {

constexpr std::uint64_t kTwoTo32 = std::uint64_t{1} << 32;
constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();

// The length that a head gives its body; nothing when it is refused.
std::optional<std::uint64_t> length_of_request(const std::string& value) {
  RequestParser parser;
  const std::string head = fmt::format("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: {}\r\n\r\n", value);
  if (parser.parse(head) != ParseOutcome::kComplete) return std::nullopt;
  return parser.head().content_length;
}
std::optional<std::uint64_t> length_of_response(const std::string& value) {
  ResponseParser parser;
  const std::string head = fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", value);
  if (parser.parse(head, {}) != ParseOutcome::kComplete) return std::nullopt;
  return parser.head().content_length;
}

TEST(LargeSizes, ContentLengthIsExactUpToTheLargestThatFits) {
  for (const std::uint64_t length :
       {kTwoTo32 / 2, kTwoTo32 - 1, kTwoTo32, kTwoTo32 + 5, kLargest - 1, kLargest}) {
    EXPECT_EQ(length_of_request(std::to_string(length)), length);
    EXPECT_EQ(length_of_response(std::to_string(length)), length);
    EXPECT_EQ(BodyReader(BodyKind::kLength, length).remaining_length(), length);
  }
  EXPECT_EQ(length_of_request("0000000000000000000000000000000004294967301"), kTwoTo32 + 5);
}

TEST(LargeSizes, ContentLengthBeyondIsRefused) {
  for (const char* value :
       {"9223372036854775808", "9223372036854775813", "18446744073709551615", "18446744073709551616",
        "18446744073709551621", "36893488147419103237", "340282366920938463463374607431768211461"}) {
    EXPECT_EQ(length_of_request(value), std::nullopt) << value;
    EXPECT_EQ(length_of_response(value), std::nullopt) << value;
  }
}

// Many bytes that exist only as addresses: content is counted, not read.
class ManyBytes {
 public:
  ManyBytes() : at_(::mmap(nullptr, kSize, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)) {
    EXPECT_NE(at_, MAP_FAILED);
  }
  ~ManyBytes() { ::munmap(at_, kSize); }
  std::string_view first(std::uint64_t count) const { return {static_cast<const char*>(at_), count}; }

 private:
  static constexpr std::size_t kSize = std::size_t{5} << 30;
  void* at_;
};

TEST(LargeSizes, ABodyEndsAfterItsLastByte) {
  const ManyBytes bytes;
  BodyReader reader(BodyKind::kLength, kTwoTo32 + 5);
  EXPECT_EQ(reader.step(bytes.first(5)).outcome, ParseOutcome::kIncomplete) << "2^32 is not nothing";
  EXPECT_EQ(reader.step(bytes.first(kTwoTo32 - 1)).outcome, ParseOutcome::kIncomplete);
  EXPECT_EQ(reader.remaining_length(), 1U);
  const BodyReader::Step last = reader.step(bytes.first(2));
  EXPECT_EQ(last.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(last.consumed, 1U);
}

TEST(LargeSizes, AChunkEndsAfterItsLastByte) {
  const ManyBytes bytes;
  BodyReader reader(BodyKind::kChunked, 0);
  reader.consume("100000005\r\n");
  EXPECT_EQ(reader.step(bytes.first(5)).payload.size(), 5U);
  EXPECT_EQ(reader.step(bytes.first(kTwoTo32 - 1)).payload.size(), kTwoTo32 - 1);
  EXPECT_EQ(reader.step(bytes.first(1)).payload.size(), 1U);
  EXPECT_EQ(reader.consume("\r\n0\r\n\r\n").outcome, ParseOutcome::kComplete);
}

TEST(LargeSizes, AChunkSizeIsTakenUpToTheLargestThatFits) {
  for (const char* size :
       {"ffffffff", "100000000", "7fffffffffffffff", "00000000000000000007fffffffffffffff"}) {
    BodyReader reader(BodyKind::kChunked, 0);
    EXPECT_EQ(reader.consume(fmt::format("{}\r\n", size)).outcome, ParseOutcome::kIncomplete) << size;
    EXPECT_EQ(reader.step("x\r\n0\r\n\r\n").payload, "x\r\n0\r\n\r\n") << size;
  }
  for (const char* size : {"8000000000000000", "8000000000000005", "ffffffffffffffff", "10000000000000000",
                           "10000000000000005", "100000000000000000000000000000005"}) {
    BodyReader reader(BodyKind::kChunked, 0);
    EXPECT_EQ(reader.consume(fmt::format("{}\r\n", size)).outcome, ParseOutcome::kRejected) << size;
  }
}

}  // namespace
}  // namespace demo
