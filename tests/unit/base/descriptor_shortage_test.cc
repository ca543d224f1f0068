#include "base/descriptor_shortage.h"

#include <gmock/gmock.h>

#include "unit/descriptor_limit.h"

namespace demo {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(DescriptorShortage, IsNotThereWhileOneMoreCanBeOpened) {
  const DescriptorLimit limit(1);
  EXPECT_EQ(why_no_descriptor(), "");
}

TEST(DescriptorShortage, IsToldWithWhatToDo) {
  const DescriptorLimit limit(0);
  EXPECT_THAT(why_no_descriptor(), AllOf(HasSubstr("are in use"), HasSubstr("LimitNOFILE=")));
}

}  // namespace
}  // namespace demo
