#include "http/reason_phrase.h"

#include <gtest/gtest.h>

namespace demo {
namespace {

TEST(ReasonPhrase, NamesTheCodesThatAreSent) {
  EXPECT_EQ(reason_phrase(100), "Continue");
  EXPECT_EQ(reason_phrase(200), "OK");
  EXPECT_EQ(reason_phrase(417), "Expectation Failed");
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(505), "HTTP Version Not Supported");
}

TEST(ReasonPhrase, HasOneForEveryNumber) {
  for (unsigned status = 0; status < 1100; ++status) EXPECT_FALSE(reason_phrase(status).empty()) << status;
}

TEST(ReasonPhrase, KnowsWhichStatusesHaveNoBody) {
  EXPECT_TRUE(status_has_no_body(101));
  EXPECT_TRUE(status_has_no_body(204));
  EXPECT_TRUE(status_has_no_body(304));
  EXPECT_FALSE(status_has_no_body(200));
  EXPECT_FALSE(status_has_no_body(205));
}

}  // namespace
}  // namespace demo
