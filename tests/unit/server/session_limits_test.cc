#include <gmock/gmock.h>

#include "base/limits.h"
#include "server_rig.h"

// What a client gets that sends too much or nonsense: its own status, a complete message, a close without a
// reset.

namespace demo {
namespace {

class SessionLimits : public ServerRig {
 protected:
  // The status for a request that is sent in pieces of so many bytes, on a connection of its own.
  int status_of(const std::string& request, std::size_t piece) {
    Client client = connect();
    for (std::size_t at = 0; at < request.size() && client.open(); at += piece) {
      client.send_some(std::string_view(request).substr(at, piece));
      turns.settle();
      if (!client.received().empty()) break;
    }
    const TestResponse response = answer(client);
    if (response.status >= 400) {
      EXPECT_TRUE(response.closes());
      EXPECT_FALSE(response.body.empty());
      EXPECT_TRUE(closed(client)) << "a response was lost to a reset";
    }
    return response.status;
  }
  void expect_status(const std::string& request, int status) {
    EXPECT_EQ(status_of(request, request.size()), status) << "whole";
    EXPECT_EQ(status_of(request, 1460), status) << "in segments";
    EXPECT_EQ(status_of(request, 37), status) << "in small pieces";
  }
};

std::string head_of_size(std::size_t size) {
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  return begin + std::string(size - begin.size() - 4, 'x') + "\r\n\r\n";
}

TEST_F(SessionLimits, HeadSize) {
  expect_status(head_of_size(limits::kHeadSizeBytes - 1), 200);
  expect_status(head_of_size(limits::kHeadSizeBytes), 200);
  expect_status(head_of_size(limits::kHeadSizeBytes + 1), 431);
  expect_status(head_of_size(40 * limits::kHeadSizeBytes), 431);
  expect_status("\r\n" + head_of_size(limits::kHeadSizeBytes - 2), 200);
  expect_status("\r\n" + head_of_size(limits::kHeadSizeBytes), 431);
}

TEST_F(SessionLimits, HeadOfTheLargestSizeAfterAnotherRequest) {
  const std::string large = head_of_size(limits::kHeadSizeBytes);
  Client client = connect();
  client.send(std::string(kGet) + large.substr(0, 5000));
  turns.settle();
  client.send(large.substr(5000) + std::string(kGet));
  for (int i = 0; i < 3; ++i) EXPECT_EQ(answer(client).status, 200) << i;
}

TEST_F(SessionLimits, FieldCount) {
  const auto with_fields = [](std::size_t count) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (std::size_t i = 1; i < count; ++i) request += "X: v\r\n";
    return request + "\r\n";
  };
  expect_status(with_fields(limits::kFieldCount - 1), 200);
  expect_status(with_fields(limits::kFieldCount), 200);
  expect_status(with_fields(limits::kFieldCount + 1), 431);
}

TEST_F(SessionLimits, TargetSize) {
  const auto with_target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  expect_status(with_target(limits::kTargetSizeBytes - 1), 200);
  expect_status(with_target(limits::kTargetSizeBytes), 200);
  expect_status(with_target(limits::kTargetSizeBytes + 1), 414);
}

TEST_F(SessionLimits, MethodSize) {
  const auto with_method = [](std::size_t size) {
    std::string head(size, 'M');
    head.append(" / HTTP/1.1\r\nHost: a\r\n\r\n");
    return head;
  };
  expect_status(with_method(limits::kMethodSizeBytes - 1), 200);
  expect_status(with_method(limits::kMethodSizeBytes), 200);
  expect_status(with_method(limits::kMethodSizeBytes + 1), 501);
}

TEST_F(SessionLimits, ConnectionOptions) {
  const auto with_options = [](std::size_t count) {
    std::string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: o0";
    for (std::size_t i = 1; i < count; ++i) request += ", o" + std::to_string(i);
    return request + "\r\n\r\n";
  };
  expect_status(with_options(limits::kConnectionOptions - 1), 200);
  expect_status(with_options(limits::kConnectionOptions), 200);
  expect_status(with_options(limits::kConnectionOptions + 1), 400);
}

TEST_F(SessionLimits, EmptyLinesBeforeARequest) {
  const auto with_lines = [](std::size_t count) {
    std::string request;
    for (std::size_t i = 0; i < count; ++i) request += "\r\n";
    return request + std::string(kGet);
  };
  expect_status(with_lines(limits::kLeadingEmptyLines - 1), 200);
  expect_status(with_lines(limits::kLeadingEmptyLines), 200);
  expect_status(with_lines(limits::kLeadingEmptyLines + 1), 400);
}

constexpr std::string_view kChunkedHead = "PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(SessionLimits, ChunkExtensions) {
  // All chunks' extensions count together, from the semicolon on.
  const auto with_extensions = [](std::size_t size) {
    std::string request(kChunkedHead);
    request.append("1;").append(size / 2 - 1, 'e').append("\r\nx\r\n");
    request.append("1;").append(size - size / 2 - 1, 'e').append("\r\nx\r\n0\r\n\r\n");
    return request;
  };
  expect_status(with_extensions(limits::kChunkExtensionBytes - 1), 200);
  expect_status(with_extensions(limits::kChunkExtensionBytes), 200);
  expect_status(with_extensions(limits::kChunkExtensionBytes + 1), 400);
}

TEST_F(SessionLimits, TrailerSize) {
  const auto with_trailers = [](std::size_t size) {
    return std::string(kChunkedHead) + "0\r\nX: " + std::string(size - 5, 't') + "\r\n\r\n";
  };
  expect_status(with_trailers(limits::kTrailerSizeBytes - 10), 200);
  expect_status(with_trailers(limits::kTrailerSizeBytes + 10), 431);
}

TEST_F(SessionLimits, NonsenseIsRefusedAndCounted) {
  expect_status("\x16\x03\x01\x02", 400);
  expect_status("GET / HTTP/1.1\r\n\r\n", 400);
  expect_status("GET / HTTP/2.0\r\nHost: a\r\n\r\n", 505);
  expect_status("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n", 501);
  expect_status("POST / HTTP/1.1\r\nHost: a\r\nExpect: magic\r\n\r\n", 417);
  expect_status(std::string(kChunkedHead) + "zz\r\n", 400);
  EXPECT_EQ(page->worker.protocol_errors.get(), 6U * 3U);
  EXPECT_EQ(page->worker.requests.get(), 0U);
  EXPECT_EQ(buffers.lent(), 0U);
}

TEST_F(SessionLimits, RefusalComesAfterTheAnswersBeforeIt) {
  Client client = connect();
  client.send(std::string(kGet) + std::string(kPost) + "nonsense\r\n\r\n" + std::string(kGet));
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_EQ(answer(client).status, 200);
  EXPECT_EQ(answer(client).status, 400);
  EXPECT_TRUE(closed(client));
}

TEST_F(SessionLimits, RefusalIsNotLostToAResetWhileTheClientKeepsSending) {
  Client client = connect();
  client.send("nonsense\r\n\r\n");
  const std::string more(50'000, 'x');
  for (int i = 0; i < 10; ++i) {
    client.send_some(more);
    turns.settle();
  }
  EXPECT_EQ(answer(client).status, 400);
  EXPECT_TRUE(closed(client));
  client.close();
  EXPECT_TRUE(all_closed());
}

}  // namespace
}  // namespace demo
