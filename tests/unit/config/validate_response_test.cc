#include "wrong_fields.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ValidateResponse, WantsAFinalStatus) {
  for (const unsigned bad : {0U, 100U, 199U, 600U}) {
    EXPECT_THAT(wrong_fields([bad](Config& config) { config.response.status = bad; }),
                ElementsAre("response.status"));
  }
  for (const unsigned good : {200U, 204U, 404U, 599U}) {
    EXPECT_THAT(wrong_fields([good](Config& config) { config.response.status = good; }), IsEmpty());
  }
}

TEST(ValidateResponse, BoundsTheBody) {
  EXPECT_THAT(wrong_fields([](Config& config) { config.response.body_size = limits::kPatternBodyBytes; }),
              IsEmpty());
  EXPECT_THAT(wrong_fields([](Config& config) { config.response.body_size = limits::kPatternBodyBytes + 1; }),
              ElementsAre("response.body_size"));
  const auto with_body_of = [](std::size_t size) {
    return wrong_fields([size](Config& config) { config.response.body = std::string(size, 'x'); });
  };
  EXPECT_THAT(with_body_of(limits::kResponseBodyBytes), IsEmpty());
  EXPECT_THAT(with_body_of(limits::kResponseBodyBytes + 1), ElementsAre("response.body"));
}

TEST(ValidateResponse, WantsValidFields) {
  const auto with_field = [](std::string name, std::string value) {
    return wrong_fields([&](Config& config) { config.response.headers = {{name, value}}; });
  };
  EXPECT_THAT(with_field("X-A", "b c, d\t\xe9"), IsEmpty());
  EXPECT_THAT(with_field("X-A", ""), IsEmpty());
  EXPECT_THAT(with_field("", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X A", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X:A", "b"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", "b\r\nInjected: c"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", "b\nc"), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", std::string("b\0c", 3)), ElementsAre("response.headers"));
  EXPECT_THAT(with_field("X-A", " b"), ElementsAre("response.headers"));
}

TEST(ValidateResponse, RefusesFieldsThatTheDaemonWrites) {
  for (const char* name : {"Content-Length", "transfer-encoding", "CONNECTION", "Keep-Alive", "Date",
                           "Content-Type", "Trailer", "Upgrade"}) {
    EXPECT_THAT(wrong_fields([name](Config& config) {
                  config.response.headers = {{name, "x"}};
                }),
                ElementsAre("response.headers"))
        << name;
  }
}

TEST(ValidateResponse, BoundsTheFieldsTogether) {
  const auto with_value_of = [](std::size_t size) {
    return wrong_fields([size](Config& config) {
      config.response.content_type = "text/plain";  // 10 bytes
      config.response.headers = {{"X-A", std::string(size, 'x')}};
    });
  };
  EXPECT_THAT(with_value_of(limits::kResponseHeaderBytes - 17), IsEmpty());
  EXPECT_THAT(with_value_of(limits::kResponseHeaderBytes - 16), ElementsAre("response.headers"));
}

TEST(ValidateResponse, WantsAContentType) {
  for (const char* bad : {"", "text\r\nX: y", " text/plain"}) {
    EXPECT_THAT(wrong_fields([bad](Config& config) { config.response.content_type = bad; }),
                ElementsAre("response.content_type"));
  }
}

}  // namespace
}  // namespace demo
