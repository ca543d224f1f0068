#include "input_file.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "demo/control/v1/control.pb.h"
#include "invocation/api.h"
#include "run.h"
#include "text/api_sizes.h"
#include "unit/ctl/democtl_test.h"
#include "unit/temporary_folder.h"

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

TEST(NameOfText, IsThePathAsMessagesShowIt) {
  EXPECT_EQ(name_of_text("-"), "standard input");
  EXPECT_EQ(name_of_text("/etc/caf\u00e9.json"), "/etc/caf\u00e9.json");
  EXPECT_EQ(name_of_text("x\xff.toml"), "x\\xff.toml");
  EXPECT_EQ(name_of_text("x\n"), "x\\x0a");
}

TEST(NameOfText, IsTheEndOfALongOne) {
  const std::string longest(text::kTextNameBytes, 'a');
  EXPECT_EQ(name_of_text(longest), longest);
  EXPECT_EQ(name_of_text("b" + longest), fmt::format("...{}", longest.substr(3)));
  // No character is cut in the middle, whatever stands before it.
  for (std::size_t more = 0; more < 4; ++more) {
    std::string path(more, 'a');
    while (path.size() < 300) path += "\u20ac";
    const std::string name = name_of_text(path);
    EXPECT_LE(name.size(), text::kTextNameBytes);
    EXPECT_GT(name.size(), text::kTextNameBytes - 4);
    EXPECT_TRUE(name.starts_with("...\u20ac")) << name;
  }
  EXPECT_EQ(name_of_text(std::string(100, '\n')).size(), text::kTextNameBytes);
}

using SentTextTest = DemoctlOfFakeDaemon;

// Any file that can be opened can be sent, whatever its path is.
TEST_F(SentTextTest, HasANameThoughItsPathIsLongAndNoUtf8) {
  api::ApplyConfigResponse state;
  state.mutable_result()->add_workers()->set_applied(true);
  daemon_.answer("ApplyConfig", state);
  daemon_.answer("ApplyFile", api::ApplyFileResponse());
  const TemporaryFolder folder;
  const std::string path =
      folder.path() + "/./" + fmt::format("{}", fmt::join(std::vector<std::string>(150, "./"), "")) + "x\xff";
  std::ofstream(path) << "{}";
  EXPECT_EQ(democtl({"config", "apply", path}), 0) << err_;
  EXPECT_EQ(daemon_.request<api::ApplyConfigRequest>("ApplyConfig").name(), name_of_text(path));
  std::ofstream(path) << "[workers]";
  EXPECT_EQ(democtl({"config", "apply-file", path}), 0) << err_;
  EXPECT_EQ(daemon_.request<api::ApplyFileRequest>("ApplyFile").name(), name_of_text(path));
}

}  // namespace
}  // namespace demo::ctl
