#include "supervisor/state/file_stamp.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <fstream>

namespace demo {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;

TEST(FileStamp, IsAnotherOneForAnotherContent) {
  const std::string path = testing::TempDir() + "file_stamp_test";
  std::ofstream(path) << "one";
  const FileStamp before = stamp_of(path);
  EXPECT_EQ(before.error, 0);
  EXPECT_EQ(before.size, 3);
  EXPECT_EQ(stamp_of(path), before);
  std::ofstream(path) << "four";
  EXPECT_NE(stamp_of(path), before);
  std::remove(path.c_str());
  EXPECT_EQ(stamp_of(path).error, ENOENT);
}

TEST(FileStamp, IsAnotherOneAfterTheTimeOfTheContentWasSetBack) {
  const std::string path = testing::TempDir() + "file_stamp_test";
  std::ofstream(path) << "one";
  FileStamp before = stamp_of(path);
  before.changed_ns -= kSecond;
  EXPECT_NE(stamp_of(path), before);
  std::remove(path.c_str());
}

TEST(FileStamp, TellsAChangeOnlyOnceTheFileIsOlderThanTheCoarsestClock) {
  FileStamp stamp;
  stamp.written_ns = stamp.changed_ns = 10 * kSecond;
  EXPECT_FALSE(tell_changes({stamp}, 10 * kSecond));
  EXPECT_FALSE(tell_changes({stamp}, 12 * kSecond));
  EXPECT_TRUE(tell_changes({stamp}, 12 * kSecond + 1));
  EXPECT_TRUE(tell_changes({}, 0));
  FileStamp young = stamp;
  young.changed_ns = 12 * kSecond;
  EXPECT_FALSE(tell_changes({stamp, young}, 13 * kSecond));
  young.error = ENOENT;
  EXPECT_TRUE(tell_changes({stamp, young}, 13 * kSecond));
}

}  // namespace
}  // namespace demo
