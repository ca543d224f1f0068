#include "http/error_response.h"

#include <gtest/gtest.h>

#include <array>

#include "response_stream.h"

namespace demo {
namespace {

constexpr std::string_view kDate = "Sun, 06 Nov 1994 08:49:37 GMT";

TEST(ErrorResponse, IsACompleteMessageThatNamesTheReasonAndCloses) {
  std::array<char, kErrorResponseBytes> out;
  EXPECT_EQ(write_error_response(out, {400, "bare LF"}, kDate),
            "HTTP/1.1 400 Bad Request\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\nContent-Type: text/plain\r\n"
            "Content-Length: 25\r\nConnection: close\r\n\r\n"
            "400 Bad Request: bare LF\n");
}

TEST(ErrorResponse, ListsTheMethodsWhenTold) {
  std::array<char, kErrorResponseBytes> out;
  const Rejection rejection{405, "no", false, true};
  EXPECT_NE(write_error_response(out, rejection, kDate).find("\r\nAllow: GET, HEAD, "),
            std::string_view::npos);
  EXPECT_EQ(write_error_response(out, {405, "no"}, kDate).find("\r\nAllow:"), std::string_view::npos);
}

TEST(ErrorResponse, HasNoBodyForHead) {
  std::array<char, kErrorResponseBytes> out;
  ResponseStream stream({.method = Method::kHead});
  stream.feed(write_error_response(out, {503, "no backend"}, kDate, true));
  EXPECT_EQ(stream.end(), ResponseStream::End::kComplete);
  EXPECT_EQ(stream.rest(), "");
}

TEST(ErrorResponse, IsValidForEveryStatusAndAnyReason) {
  const std::string reason(1000, 'r');
  for (unsigned status = 400; status < 600; ++status) {
    for (const std::size_t size : {std::size_t{0}, std::size_t{200}, reason.size()}) {
      std::array<char, kErrorResponseBytes> out;
      ResponseStream stream;
      stream.feed(
          write_error_response(out, {status, std::string_view(reason).substr(0, size), false, true}, kDate));
      ASSERT_EQ(stream.end(), ResponseStream::End::kComplete) << status;
      EXPECT_EQ(stream.status(), status);
      EXPECT_FALSE(stream.head().persistent);
      EXPECT_EQ(stream.rest(), "");
    }
  }
}

}  // namespace
}  // namespace demo
