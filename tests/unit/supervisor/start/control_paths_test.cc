#include "supervisor/start/control_paths.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "unit/temporary_folder.h"

namespace demo {
namespace {

class ControlPathsTest : public testing::Test {
 protected:
  const TemporaryFolder temporary_;
  const std::string& folder_ = temporary_.path();
};

TEST_F(ControlPathsTest, MakesTheFolderThatIsMissing) {
  const std::string missing = folder_ + "/demo";
  for (int i = 0; i < 2; ++i) {  // it is there the second time
    const auto paths = choose_control_paths(missing + "/control.sock");
    ASSERT_TRUE(paths) << paths.error().message;
    EXPECT_EQ(paths->control, missing + "/control.sock");
    EXPECT_EQ(paths->monitor, missing + "/monitor.sock");
    struct stat made {};
    ASSERT_EQ(::stat(missing.c_str(), &made), 0);
    EXPECT_TRUE(S_ISDIR(made.st_mode));
    EXPECT_EQ(made.st_mode & 0022U, 0U);  // nobody else may put a socket there
  }
}

TEST_F(ControlPathsTest, MakesNoMoreThanOneFolder) {
  const auto paths = choose_control_paths(folder_ + "/a/b/control.sock");
  ASSERT_FALSE(paths);
  EXPECT_EQ(paths.error().message, "cannot make the folder " + folder_ +
                                       "/a/b of the control socket: No such file or directory; name another "
                                       "with --control");
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a"));
}

TEST_F(ControlPathsTest, NameTheMonitorSocketAfterOneOfAnotherName) {
  const auto paths = choose_control_paths(folder_ + "/one.sock");
  ASSERT_TRUE(paths);
  EXPECT_EQ(paths->monitor, folder_ + "/monitor-one.sock");
}

}  // namespace
}  // namespace demo
