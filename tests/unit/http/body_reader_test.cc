#include "http/body_reader.h"

#include <gtest/gtest.h>

#include <random>

#include "splitting.h"

namespace demo {
namespace {

struct Read {
  std::string body;
  std::size_t consumed = 0;
  ParseOutcome outcome = ParseOutcome::kIncomplete;
  std::string_view reason;
};

Read read(BodyReader reader, const Pieces& pieces) {
  Read result;
  for (const std::string& piece : pieces) {
    std::string_view rest = piece;
    while (!rest.empty() && result.outcome == ParseOutcome::kIncomplete) {
      const BodyReader::Step step = reader.step(rest);
      result.body += step.payload;
      result.consumed += step.consumed;
      result.outcome = step.outcome;
      rest.remove_prefix(step.consumed);
    }
  }
  if (result.outcome == ParseOutcome::kRejected) result.reason = reader.rejection().reason;
  return result;
}

Read read_chunked(const std::string& bytes) {
  const Read result = read(BodyReader(BodyKind::kChunked, 0), whole(bytes));
  const Read bytewise = read(BodyReader(BodyKind::kChunked, 0), byte_by_byte(bytes));
  EXPECT_EQ(bytewise.outcome, result.outcome) << bytes;
  EXPECT_EQ(bytewise.body, result.body) << bytes;
  EXPECT_EQ(bytewise.reason, result.reason) << bytes;
  return result;
}

TEST(BodyReader, WithoutABodyIsCompleteAtOnceAndTakesNothing) {
  BodyReader reader;
  EXPECT_TRUE(reader.complete());
  const BodyReader::Step step = reader.step("GET");
  EXPECT_EQ(step.consumed, 0U);
  EXPECT_EQ(step.outcome, ParseOutcome::kComplete);
  EXPECT_TRUE(BodyReader(BodyKind::kLength, 0).complete());
}

TEST(BodyReader, TakesALengthAndNotAByteMore) {
  BodyReader reader(BodyKind::kLength, 5);
  EXPECT_EQ(reader.remaining_length(), 5U);
  BodyReader::Step step = reader.step("hel");
  EXPECT_EQ(step.payload, "hel");
  EXPECT_EQ(step.outcome, ParseOutcome::kIncomplete);
  EXPECT_EQ(reader.remaining_length(), 2U);
  step = reader.step("loGET");
  EXPECT_EQ(step.payload, "lo");
  EXPECT_EQ(step.consumed, 2U);
  EXPECT_EQ(step.outcome, ParseOutcome::kComplete);
}

TEST(BodyReader, TakesEverythingUntilTheConnectionCloses) {
  BodyReader reader(BodyKind::kUntilClose, 0);
  const BodyReader::Step step = reader.step("anything");
  EXPECT_EQ(step.payload, "anything");
  EXPECT_EQ(step.outcome, ParseOutcome::kIncomplete);
}

TEST(BodyReader, JoinsChunks) {
  const Read result = read_chunked("5\r\nhello\r\n00A ; x\r\n0123456789\r\n0\r\n\r\n");
  EXPECT_EQ(result.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(result.body, "hello0123456789");
}

TEST(BodyReader, EndsWithTheLastByteOfTheTrailers) {
  const std::string body = "1\r\nx\r\n0\r\nA: b\r\nC:\r\n\r\n";
  const Read result = read(BodyReader(BodyKind::kChunked, 0), whole(body + "GET / HTTP/1.1\r\n"));
  EXPECT_EQ(result.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(result.consumed, body.size());
}

TEST(BodyReader, ConsumesFramingAndContentInOneGo) {
  const std::string body = "5\r\nhello\r\n1\r\nx\r\n0\r\n\r\n";
  BodyReader reader(BodyKind::kChunked, 0);
  const BodyReader::Step step = reader.consume(body + "rest");
  EXPECT_EQ(step.consumed, body.size());
  EXPECT_EQ(step.outcome, ParseOutcome::kComplete);
  EXPECT_EQ(BodyReader(BodyKind::kChunked, 0).consume("").consumed, 0U);
}

TEST(BodyReader, TakesEveryValidExtension) {
  for (const char* extension : {";a", ";a=b", ";a;b", ";a=b;c=d", ";a=\"b\"", ";a=\"b;\\\"c\\\\\" ; d", " ;a",
                                "\t; a = b", ";a=\"\"", ";a \t= \"\t \xff\"", ";a=\"b\" ;c"}) {
    const Read result = read_chunked(std::string("1") + extension + "\r\nx\r\n0" + extension + "\r\n\r\n");
    EXPECT_EQ(result.outcome, ParseOutcome::kComplete) << extension << ": " << result.reason;
    EXPECT_EQ(result.body, "x");
  }
}

TEST(BodyReader, RefusesEveryOtherExtension) {
  for (const char* extension :
       {";", ";=", ";a=", ";a==b", ";a=b c", ";a b", "; ", " ", ";a ", ";a=b ", ";a=\"b\"c", ";a=\"b",
        ";a=\"\x01\"", ";a=\"\\\x01\"", ";(", ";a=\"b\"\"c\"", "x", ";;"}) {
    const Read result = read_chunked(std::string("1") + extension + "\r\nx\r\n0\r\n\r\n");
    EXPECT_EQ(result.outcome, ParseOutcome::kRejected) << extension;
  }
}

TEST(BodyReader, RefusesChunkSizesThatCannotBe) {
  for (const char* size : {"", " 1", "-1", "+1", "0x1", "1.0", "g", "1_0", "8000000000000000",
                           "10000000000000000", "\xef\xbc\x91"}) {
    EXPECT_EQ(read_chunked(std::string(size) + "\r\nx").outcome, ParseOutcome::kRejected) << size;
  }
  EXPECT_EQ(read_chunked("7fffffffffffffff\r\nx").outcome, ParseOutcome::kIncomplete);
}

TEST(BodyReader, RefusesChunksThatDoNotEndWhereTheySay) {
  for (const char* body : {"1\nx", "1\r\nxy", "1\r\nx\ny", "1\r\nx\rx", "1\r\r", "0\r\n\n", "0\r\n\rx"}) {
    EXPECT_EQ(read_chunked(body).outcome, ParseOutcome::kRejected) << body;
  }
}

TEST(BodyReader, RefusesTrailersThatAreNoFieldsOrChangeTheFraming) {
  for (const char* trailer :
       {" A: b", "A b: c", "A\r\n", "A", ":b", "A: b\r\n c", "A: \x01", "A: b\x7f", "A: b\n",
        "Content-Length: 1", "CONTENT-LENGTH:1", "Transfer-Encoding: chunked"}) {
    EXPECT_EQ(read_chunked(std::string("0\r\n") + trailer + "\r\n\r\n").outcome, ParseOutcome::kRejected)
        << trailer;
  }
  for (const char* trailer : {"A: b", "Content-Lengt: 1", "Content-Lengthy: 1", "Transfer-Encodings: x",
                              "Content-Encoding: x", "Transfer-Length: 1", "Host: evil", "A:\tb\xff "}) {
    EXPECT_EQ(read_chunked(std::string("0\r\n") + trailer + "\r\n\r\n").outcome, ParseOutcome::kComplete)
        << trailer;
  }
}

TEST(BodyReader, NamesWhyItRefuses) {
  EXPECT_EQ(read_chunked("g").reason, "invalid chunk size");
  EXPECT_EQ(read_chunked("1\r\nxy").reason, "chunk longer than its size");
  EXPECT_EQ(read_chunked("1;(").reason, "invalid chunk extension");
  EXPECT_EQ(read_chunked("0\r\n(").reason, "invalid trailer field");
  EXPECT_EQ(read_chunked("0\r\ncontent-length:").reason, "framing field in the trailer section");
}

TEST(BodyReader, StaysRefused) {
  BodyReader reader(BodyKind::kChunked, 0);
  EXPECT_EQ(reader.step("g").outcome, ParseOutcome::kRejected);
  EXPECT_EQ(reader.step("0\r\n\r\n").outcome, ParseOutcome::kRejected);
}

TEST(BodyReader, FindsTheSameBodyHoweverTheBytesAreSplit) {
  std::mt19937 random(7);
  for (int round = 0; round < 300; ++round) {
    std::string content;
    std::string bytes;
    const int chunks = std::uniform_int_distribution<int>(0, 6)(random);
    for (int i = 0; i < chunks; ++i) {
      const auto size = std::uniform_int_distribution<std::size_t>(1, 300)(random);
      const std::string data(size, static_cast<char>('a' + i));
      std::array<char, 24> line{};
      std::snprintf(line.data(), line.size(), i % 2 == 0 ? "%zx\r\n" : "%04zX;e=\"q\"\r\n", size);
      bytes += line.data() + data + "\r\n";
      content += data;
    }
    bytes += "0\r\nT: v\r\n\r\n";
    const Read result = read(BodyReader(BodyKind::kChunked, 0), at_random(bytes, random));
    ASSERT_EQ(result.outcome, ParseOutcome::kComplete);
    ASSERT_EQ(result.body, content);
    ASSERT_EQ(result.consumed, bytes.size());
  }
}

}  // namespace
}  // namespace demo
