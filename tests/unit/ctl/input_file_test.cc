#include "input_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "demo/control/v1/control.pb.h"
#include "democtl_test.h"
#include "run.h"
#include "session/api.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;

constexpr const char* kMark = "\xef\xbb\xbf";

// A file of these bytes that goes away with the test.
class InputFileTest : public DemoctlTest {
 protected:
  ~InputFileTest() override { std::remove(path_.c_str()); }

  const std::string& holding(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return path_;
  }

 private:
  const std::string path_ = testing::TempDir() + "input_file_test";
};

TEST_F(InputFileTest, MayBeginWithAByteOrderMarkWhereItIsARecording) {
  const std::string& file = holding(std::string(kMark) + "{}\n{\"monotonicNs\":\"1000000000\"}\n");
  EXPECT_EQ(democtl({"stats", "--replay", file, "-o", "csv", "--fields", "req/s"}), 0) << err_;
  EXPECT_EQ(out_, "req/s\n0\n");
}

TEST_F(InputFileTest, IsNotEchoedWhereItIsNoText) {
  EXPECT_EQ(democtl({"stats", "--replay", holding("{\"x\xff\x1b[2J\": 1}")}), 2);
  EXPECT_THAT(err_, HasSubstr("no JSON: Invalid encoding in string"));
  const auto is_plain = [](char c) { return c >= ' ' && c <= '~'; };
  EXPECT_TRUE(std::all_of(err_.begin(), err_.end() - 1, is_plain)) << err_;
}

TEST_F(InputFileTest, ThatHoldsNoSampleIsNoRecording) {
  for (const char* verb : {"stats", "top"}) {
    EXPECT_EQ(democtl({verb, "--replay", "/tmp"}), 2);
    EXPECT_EQ(err_, "democtl: --replay: /tmp cannot be read: Is a directory\n");
    EXPECT_EQ(democtl({verb, "--replay", "/nowhere"}), 2);
    EXPECT_EQ(err_, "democtl: --replay: /nowhere cannot be read: No such file or directory\n");
    for (const char* bytes : {"", "\n\n"}) {
      const std::string& file = holding(bytes);
      EXPECT_EQ(democtl({verb, "--replay", file}), 2);
      EXPECT_EQ(err_, "democtl: --replay: " + file + " holds no recorded sample\n");
    }
  }
}

}  // namespace
}  // namespace demo::ctl
