#include "base/whole_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include "base/unique_fd.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

class WholeIo : public testing::Test {
 protected:
  const TemporaryFolder folder_;
  const UniqueFd file_{::open(folder_.file("file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)};
};

TEST_F(WholeIo, ReadsWhatWasWritten) {
  ASSERT_TRUE(write_all(file_.get(), "abc"));
  ASSERT_TRUE(write_all(file_.get(), "def"));
  ASSERT_TRUE(write_all_at(file_.get(), "XY", 1));
  std::string text(6, ' ');
  ASSERT_TRUE(read_all_at(file_.get(), text.data(), text.size(), 0));
  EXPECT_EQ(text, "aXYdef");
}

TEST_F(WholeIo, SaysThatAFileEndsBefore) {
  ASSERT_TRUE(write_all(file_.get(), "abc"));
  std::string text(4, ' ');
  EXPECT_FALSE(read_all_at(file_.get(), text.data(), text.size(), 0));
  EXPECT_EQ(errno, EIO);
}

TEST_F(WholeIo, LeavesTheReasonInErrno) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  EXPECT_FALSE(write_all(full.get(), "abc"));
  EXPECT_EQ(errno, ENOSPC);
}

}  // namespace
}  // namespace demo
