#include "json/enum_words.h"

#include <gmock/gmock.h>

#include "demo/control/v1/config.pb.h"

namespace demo::json {
namespace {

namespace pb = control::v1;
using testing::ElementsAre;

TEST(EnumWords, AreTheNamesWithoutThePrefix) {
  EXPECT_THAT(enum_words(*pb::AcceptMode_descriptor()),
              ElementsAre("shared", "exclusive", "reuseport", "reuseport-cpu"));
  EXPECT_EQ(enum_word(*pb::AcceptMode_descriptor(), pb::ACCEPT_MODE_REUSEPORT_CPU), "reuseport-cpu");
}

TEST(EnumWords, SayWhenAValueIsUnspecifiedOrOfALaterVersion) {
  EXPECT_EQ(enum_word(*pb::AcceptMode_descriptor(), 0), "unknown");
  EXPECT_EQ(enum_word(*pb::AcceptMode_descriptor(), 77), "77");
}

TEST(EnumWords, AreFoundInEitherCase) {
  const auto* const found = find_enum_word(*pb::AcceptMode_descriptor(), "Reuseport-CPU");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->number(), pb::ACCEPT_MODE_REUSEPORT_CPU);
  EXPECT_EQ(find_enum_word(*pb::AcceptMode_descriptor(), "unknown"), nullptr);
  EXPECT_EQ(find_enum_word(*pb::AcceptMode_descriptor(), ""), nullptr);
}

TEST(EnumWords, AreListedForOneThatIsMistyped) {
  EXPECT_EQ(no_such_word(*pb::SendProxyProtocol_descriptor(), "of"),
            "\"of\" is not one of off, v1, v2, did you mean \"off\"?");
}

}  // namespace
}  // namespace demo::json
