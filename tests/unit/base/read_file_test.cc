#include "base/read_file.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

namespace demo {
namespace {

using testing::HasSubstr;

constexpr std::size_t kMost = 100'000;

class ReadFileTest : public testing::Test {
 protected:
  ReadFileTest() : path_(testing::TempDir() + "read_file_test." + std::to_string(::getpid())) {}
  ~ReadFileTest() override { std::remove(path_.c_str()); }

  static void expect_refused(const std::string& path, ErrorCode code, const std::string& why) {
    const auto bytes = read_file(path, kMost);
    ASSERT_FALSE(bytes);
    EXPECT_EQ(bytes.error(), (Error{code, "cannot read " + path + ": " + why, "", path}));
  }

  const std::string path_;
};

TEST_F(ReadFileTest, GivesEveryByteUpToTheMost) {
  std::string text(kMost, 'x');
  text[5] = '\0';
  std::ofstream(path_) << text;
  const auto bytes = read_file(path_, kMost);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(*bytes, text);
  std::ofstream(path_, std::ios::app) << 'y';
  expect_refused(path_, ErrorCode::kInvalidArgument, fmt::format("it may have at most {} bytes", kMost));
}

TEST_F(ReadFileTest, ReadsAFileThatTellsNoSize) {
  const auto bytes = read_file("/proc/self/status", kMost);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_THAT(*bytes, HasSubstr("Name:"));
}

TEST_F(ReadFileTest, SaysWhyNot) {
  expect_refused("/nonexistent/file", ErrorCode::kNotFound, "No such file or directory");
  expect_refused("/tmp", ErrorCode::kInvalidArgument, "Is a directory");
  // Opened well, and the first read(2) fails, as that of a broken disk does.
  expect_refused("/proc/self/mem", ErrorCode::kInvalidArgument, "Input/output error");
}

TEST_F(ReadFileTest, WaitsForNoFifo) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  expect_refused(path_, ErrorCode::kInvalidArgument, "it is no regular file");
}

}  // namespace
}  // namespace demo
