#include "supervisor/state/config_reader.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdio>
#include <fstream>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace demo {
namespace {

using testing::HasSubstr;

// A reader of a file that holds a number: the limit of connections.
class ConfigReaderTest : public testing::Test {
 protected:
  ConfigReaderTest() { write("1"); }
  ~ConfigReaderTest() override { std::remove(path_.c_str()); }

  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::shared_ptr<const FileLook> look() {
    std::shared_ptr<const FileLook> found;
    reader_.look([&](std::shared_ptr<const FileLook> look) { found = std::move(look); });
    turn_until([&] { return found != nullptr; });
    return found;
  }
  template <typename Condition>
  void turn_until(Condition condition) {
    while (!condition()) {
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(1));
    }
  }

  // What the thread works with, which may outlive the test.
  struct Shared {
    std::atomic<int> reads = 0;
    std::atomic<bool> blocked = false;
    std::string stamped;  // the file whose stamp tells, in place of the one that is read
    std::promise<void> go_on;
  };

  const std::string path_ = testing::TempDir() + "config_reader_test";
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  boost::asio::io_context loop_;
  ConfigReader reader_{
      loop_, path_,
      [shared = shared_, path = path_](std::vector<std::string>& files) -> Result<FileReading> {
        ++shared->reads;
        if (shared->blocked.exchange(false)) shared->go_on.get_future().wait();
        files.push_back(shared->stamped.empty() ? path : shared->stamped);
        FileReading reading;
        if (!(std::ifstream(path) >> reading.config.max_connections)) {
          return Error{ErrorCode::kInvalidArgument, "line 1: wrong\nline 2: wrong", "", ""};
        }
        return reading;
      },
      [](const std::string& text, const std::string& name) -> Result<FileReading> {
        return Error{ErrorCode::kInvalidArgument, name + ":1: " + text + "\nno", "", ""};
      },
      Config()};
};

TEST_F(ConfigReaderTest, TellsAtOnceWhatTheFileSaysNow) {
  EXPECT_EQ(look()->config.max_connections, 1U);
  write("2");
  EXPECT_EQ(look()->config.max_connections, 2U);
  EXPECT_EQ(look()->name, path_);
}

TEST_F(ConfigReaderTest, KeepsWhatCouldBeUsedLastBesideTheProblem) {
  EXPECT_EQ(look()->problem, "");
  write("x");
  const auto wrong = look();
  EXPECT_EQ(wrong->problem, "line 1: wrong; and more");
  EXPECT_TRUE(wrong->stops_start);
  EXPECT_EQ(wrong->config.max_connections, 1U);
  write("3");
  EXPECT_EQ(look()->problem, "");
  EXPECT_EQ(look()->config.max_connections, 3U);
}

// How its age counts is file_stamp_test's.
TEST_F(ConfigReaderTest, ReadsNothingThatIsUnchanged) {
  shared_->stamped = "/bin/sh";  // old enough
  EXPECT_EQ(look()->problem, "");
  const int reads = shared_->reads;
  EXPECT_EQ(look()->problem, "");
  EXPECT_EQ(shared_->reads, reads);
}

// It may come of a shortage, which no stamp tells.
TEST_F(ConfigReaderTest, RemembersNoFailureHoweverOldTheFileIs) {
  shared_->stamped = "/bin/sh";
  std::remove(path_.c_str());
  EXPECT_NE(look()->problem, "");
  write("4");
  EXPECT_EQ(look()->problem, "");
  EXPECT_EQ(look()->config.max_connections, 4U);
}

TEST_F(ConfigReaderTest, AnswersAllWhoWaitWithOneRead) {
  int answers = 0;
  for (int i = 0; i < 3; ++i) reader_.look([&](const std::shared_ptr<const FileLook>&) { ++answers; });
  turn_until([&] { return answers == 3; });
  EXPECT_EQ(shared_->reads, 1);
}

TEST_F(ConfigReaderTest, AnswersThoughTheFileSystemDoesNot) {
  look();
  shared_->blocked = true;
  const auto silent = look();
  EXPECT_THAT(silent->problem, HasSubstr("does not answer"));
  EXPECT_FALSE(silent->stops_start);
  EXPECT_EQ(silent->config.max_connections, 1U);
  // From then on at once.
  std::shared_ptr<const FileLook> again;
  reader_.look([&](std::shared_ptr<const FileLook> look) { again = std::move(look); });
  ASSERT_NE(again, nullptr);
  EXPECT_THAT(again->problem, HasSubstr("does not answer"));
  write("5");
  shared_->go_on.set_value();
  turn_until([&] { return look()->problem.empty(); });
  EXPECT_EQ(look()->config.max_connections, 5U);
}

TEST_F(ConfigReaderTest, ReadsWhateverWasKnown) {
  look();
  const int reads = shared_->reads;
  std::optional<Result<FileReading>> read;
  reader_.read([&](Result<FileReading> reading) { read = std::move(reading); });
  turn_until([&] { return read.has_value(); });
  EXPECT_EQ(shared_->reads, reads + 1);
  EXPECT_EQ((*read)->config.max_connections, 1U);
}

TEST_F(ConfigReaderTest, ReadsATextThoughTheFileSystemDoesNotAnswer) {
  shared_->blocked = true;
  reader_.read([](const Result<FileReading>&) {});
  std::optional<Result<FileReading>> read;
  reader_.read_text("text", "name", [&](Result<FileReading> reading) { read = std::move(reading); });
  turn_until([&] { return read.has_value(); });
  shared_->go_on.set_value();
}

TEST_F(ConfigReaderTest, ReadsATextInPlaceOfTheFile) {
  std::optional<Result<FileReading>> read;
  reader_.read_text("text", "name", [&](Result<FileReading> reading) { read = std::move(reading); });
  turn_until([&] { return read.has_value(); });
  EXPECT_EQ(read->error().message, "name:1: text\nno");
}

}  // namespace
}  // namespace demo
