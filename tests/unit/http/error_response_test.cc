#include "http/error_response.h"

#include <gtest/gtest.h>

#include <array>

#include "response_stream.h"

namespace demo {
namespace {

TEST(ErrorResponse, IsACompleteMessageThatNamesTheReasonAndCloses) {
  std::array<char, kErrorResponseBytes> out;
  EXPECT_EQ(write_error_response(out, {400, "bare LF"}),
            "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 25\r\nConnection: "
            "close\r\n\r\n"
            "400 Bad Request: bare LF\n");
}

TEST(ErrorResponse, HasNoBodyForHead) {
  std::array<char, kErrorResponseBytes> out;
  ResponseStream stream({.method = Method::kHead});
  stream.feed(write_error_response(out, {503, "no backend"}, true));
  EXPECT_EQ(stream.end(), ResponseStream::End::kComplete);
  EXPECT_EQ(stream.rest(), "");
}

TEST(ErrorResponse, IsValidForEveryStatusAndAnyReason) {
  const std::string reason(1000, 'r');
  for (unsigned status = 400; status < 600; ++status) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{200}, reason.size()}) {
      std::array<char, kErrorResponseBytes> out;
      ResponseStream stream;
      stream.feed(write_error_response(out, {status, std::string_view(reason).substr(0, size)}));
      ASSERT_EQ(stream.end(), ResponseStream::End::kComplete) << status;
      EXPECT_EQ(stream.status(), status);
      EXPECT_FALSE(stream.head().persistent);
      EXPECT_EQ(stream.rest(), "");
    }
  }
}

}  // namespace
}  // namespace demo
