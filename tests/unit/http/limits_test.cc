#include <gtest/gtest.h>

#include "base/limits.h"
#include "http/response_parser.h"
#include "request_stream.h"
#include "splitting.h"

namespace demo {
namespace {

// 200 for an accepted request, 0 for one that waits for more.
unsigned status_in(const Pieces& pieces) {
  RequestStream stream;
  for (const std::string& piece : pieces) stream.feed(piece);
  if (stream.end() == RequestStream::End::kRejected) return stream.rejection().status;
  return stream.requests().size() == 1 && !stream.mid_message() ? 200 : 0;
}

void expect_status(const std::string& bytes, unsigned status) {
  EXPECT_EQ(status_in(whole(bytes)), status);
  EXPECT_EQ(status_in(byte_by_byte(bytes)), status) << "byte by byte";
  EXPECT_EQ(status_in(line_by_line(bytes)), status) << "line by line";
}

std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body;
}

std::string head_of_size(std::size_t size) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const std::string end = "\r\n\r\n";
  return begin + std::string(size - begin.size() - end.size(), 'x') + end;
}

TEST(Limits, HeadSize) {
  expect_status(head_of_size(limits::kHeadSizeBytes - 1), 200);
  expect_status(head_of_size(limits::kHeadSizeBytes), 200);
  expect_status(head_of_size(limits::kHeadSizeBytes + 1), 431);
}

TEST(Limits, HeadSizeCountsTheEmptyLinesBefore) {
  expect_status("\r\n" + head_of_size(limits::kHeadSizeBytes - 2), 200);
  expect_status("\r\n" + head_of_size(limits::kHeadSizeBytes - 1), 431);
}

TEST(Limits, UnfinishedHeadIsRefusedWithItsLastAllowedByte) {
  const std::string head = head_of_size(limits::kHeadSizeBytes + 100);
  RequestParser parser;
  EXPECT_EQ(parser.parse(std::string_view(head).substr(0, limits::kHeadSizeBytes - 1)),
            ParseOutcome::kIncomplete);
  EXPECT_EQ(
      parser.parse(std::string_view(head).substr(0, limits::kHeadSizeBytes), limits::kHeadSizeBytes - 1),
      ParseOutcome::kRejected);
  EXPECT_EQ(parser.rejection().status, 431U);
}

std::string with_fields(std::size_t count) {
  std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
  for (std::size_t i = 1; i < count; ++i) bytes += "X: v\r\n";
  return bytes + "\r\n";
}

TEST(Limits, FieldCount) {
  expect_status(with_fields(limits::kFieldCount - 1), 200);
  expect_status(with_fields(limits::kFieldCount), 200);
  expect_status(with_fields(limits::kFieldCount + 1), 431);
}

std::string with_target(std::size_t size) {
  return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

TEST(Limits, TargetSize) {
  expect_status(with_target(limits::kTargetSizeBytes - 1), 200);
  expect_status(with_target(limits::kTargetSizeBytes), 200);
  expect_status(with_target(limits::kTargetSizeBytes + 1), 414);
  expect_status("GET /" + std::string(limits::kTargetSizeBytes, 'a'), 414);
  expect_status(with_target(limits::kHeadSizeBytes), 414);
}

TEST(Limits, MethodSize) {
  const auto with_method = [](std::size_t size) {
    return std::string(size, 'M') + " / HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  expect_status(with_method(limits::kMethodSizeBytes - 1), 200);
  expect_status(with_method(limits::kMethodSizeBytes), 200);
  expect_status(with_method(limits::kMethodSizeBytes + 1), 501);
  expect_status(std::string(limits::kMethodSizeBytes + 1, 'M'), 501);
}

TEST(Limits, LeadingEmptyLines) {
  const auto with_lines = [](std::size_t count) {
    std::string bytes;
    for (std::size_t i = 0; i < count; ++i) bytes += "\r\n";
    return bytes + "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  expect_status(with_lines(limits::kLeadingEmptyLines - 1), 200);
  expect_status(with_lines(limits::kLeadingEmptyLines), 200);
  expect_status(with_lines(limits::kLeadingEmptyLines + 1), 400);
}

TEST(Limits, ConnectionOptions) {
  const auto with_options = [](std::size_t count) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\nConnection: a";
    for (std::size_t i = 1; i < count; ++i) bytes += i == 1 ? "\r\nConnection: b" : ",c";
    return bytes + "\r\n\r\n";
  };
  expect_status(with_options(limits::kConnectionOptions - 1), 200);
  expect_status(with_options(limits::kConnectionOptions), 200);
  expect_status(with_options(limits::kConnectionOptions + 1), 400);
}

TEST(Limits, ChunkExtensionBytesOfAMessageInTotal) {
  // Counted are the bytes behind each semicolon, the CR included, so two of these chunks use 2 * (size + 1).
  const auto with_extensions = [](std::size_t total) {
    const std::size_t first = total / 2 - 1;
    const std::size_t second = total - (first + 1) - 1;
    return chunked("1;" + std::string(first, 'e') + "\r\nx\r\n1;" + std::string(second, 'e') +
                   "\r\ny\r\n0\r\n\r\n");
  };
  expect_status(with_extensions(limits::kChunkExtensionBytes - 1), 200);
  expect_status(with_extensions(limits::kChunkExtensionBytes), 200);
  expect_status(with_extensions(limits::kChunkExtensionBytes + 1), 400);
}

TEST(Limits, NeedlessZerosOfChunkSizes) {
  const auto with_zeros = [](std::size_t count) { return chunked(std::string(count, '0') + "\r\n\r\n"); };
  expect_status(with_zeros(limits::kChunkExtensionBytes), 200);
  expect_status(with_zeros(limits::kChunkExtensionBytes + 1), 200);
  expect_status(with_zeros(limits::kChunkExtensionBytes + 2), 400);
}

TEST(Limits, NumberOfChunksIsNotLimited) {
  std::string body;
  for (std::size_t i = 0; i < 3 * limits::kChunkExtensionBytes; ++i) body += "1\r\nx\r\n";
  EXPECT_EQ(status_in(whole(chunked(body + "0\r\n\r\n"))), 200U);
}

TEST(Limits, TrailerSectionSize) {
  // The empty line at its end counts.
  const auto with_trailer = [](std::size_t size) {
    return chunked("0\r\nX: " + std::string(size - 7, 'v') + "\r\n\r\n");
  };
  expect_status(with_trailer(limits::kTrailerSizeBytes - 1), 200);
  expect_status(with_trailer(limits::kTrailerSizeBytes), 200);
  expect_status(with_trailer(limits::kTrailerSizeBytes + 1), 431);
}

TEST(Limits, ResponseHeadSize) {
  const auto outcome = [](std::size_t size) {
    const std::string begin = "HTTP/1.1 200 OK\r\nX: ";
    const std::string head = begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
    ResponseParser parser;
    return parser.parse(head, {});
  };
  EXPECT_EQ(outcome(limits::kHeadSizeBytes - 1), ParseOutcome::kComplete);
  EXPECT_EQ(outcome(limits::kHeadSizeBytes), ParseOutcome::kComplete);
  EXPECT_EQ(outcome(limits::kHeadSizeBytes + 1), ParseOutcome::kRejected);
}

TEST(Limits, ResponseFieldCount) {
  const auto outcome = [](std::size_t count) {
    std::string head = "HTTP/1.1 200 OK\r\n";
    for (std::size_t i = 0; i < count; ++i) head += "X: v\r\n";
    ResponseParser parser;
    return parser.parse(head + "\r\n", {});
  };
  EXPECT_EQ(outcome(limits::kFieldCount - 1), ParseOutcome::kComplete);
  EXPECT_EQ(outcome(limits::kFieldCount), ParseOutcome::kComplete);
  EXPECT_EQ(outcome(limits::kFieldCount + 1), ParseOutcome::kRejected);
}

}  // namespace
}  // namespace demo
