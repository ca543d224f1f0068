#include "cmd/file_text.h"

#include <gtest/gtest.h>

namespace demo::ctl {
namespace {

TEST(ComparisonText, NamesTheFileThatEquals) {
  api::FileComparison comparison;
  comparison.set_equal(true);
  EXPECT_EQ(comparison_text(comparison), "equal to the flags");
  comparison.set_file("/etc/demo-server.toml");
  EXPECT_EQ(comparison_text(comparison), "equal to /etc/demo-server.toml");
}

TEST(ComparisonText, CountsTheChangesOfBothSides) {
  api::FileComparison comparison;
  comparison.set_file("/etc/f.toml");
  comparison.set_base_known(true);
  comparison.set_runtime_changes(1);
  EXPECT_EQ(comparison_text(comparison),
            "differs from /etc/f.toml: 1 run-time change, 0 changes in the file not applied");
  comparison.set_runtime_changes(3);
  comparison.set_file_changes(1);
  EXPECT_EQ(comparison_text(comparison),
            "differs from /etc/f.toml: 3 run-time changes, 1 change in the file not applied "
            "(democtl config apply-file)");
  comparison.set_collisions(1);
  EXPECT_EQ(comparison_text(comparison),
            "differs from /etc/f.toml: 3 run-time changes, 1 change in the file not applied, 1 collision "
            "(democtl config apply-file)");
}

TEST(ComparisonText, SpeaksOfNoFileWhereThereIsNone) {
  api::FileComparison comparison;
  comparison.set_base_known(true);
  comparison.set_runtime_changes(2);
  EXPECT_EQ(comparison_text(comparison), "differs from the flags: 2 run-time changes");
  comparison.set_file_changes(2);
  EXPECT_EQ(comparison_text(comparison),
            "differs from the flags: 2 run-time changes, 2 changes of the flags not applied (democtl config "
            "apply-file)");
}

TEST(ComparisonText, SaysWhatNobodyKnows) {
  api::FileComparison comparison;
  comparison.set_file("/etc/f.toml");
  comparison.set_differences(2);
  EXPECT_EQ(comparison_text(comparison),
            "differs from /etc/f.toml in 2 values, which side changed them is not known "
            "(democtl config apply-file)");
  comparison.set_problem("line 1 is wrong");
  EXPECT_EQ(comparison_text(comparison), "/etc/f.toml cannot be used: line 1 is wrong");
}

}  // namespace
}  // namespace demo::ctl
