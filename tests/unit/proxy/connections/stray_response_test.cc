#include "proxy/connections/stray_response.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(StrayResponse, IsWhatBeginsLikeAResponse) {
  for (const std::string_view bytes :
       {"HTTP/1.1 200 OK\r\n", "HTTP/1.0 500", "HTTP/1.", "H", "HTTP/1.1 40"}) {
    EXPECT_TRUE(is_stray_response(bytes)) << bytes;
  }
}

TEST(StrayResponse, IsNotATimeoutOfTheConnectionNorAnythingElse) {
  for (const std::string_view bytes :
       {"HTTP/1.1 408 Request Timeout\r\n", "HTTP/1.0 408", "", "\r\n", "hello"}) {
    EXPECT_FALSE(is_stray_response(bytes)) << bytes;
  }
}

}  // namespace
}  // namespace demo
