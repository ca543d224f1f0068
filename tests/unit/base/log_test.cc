#include "base/log.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <functional>

#include "base/unique_fd.h"

namespace demo {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;

std::vector<std::string>& lines() {
  static std::vector<std::string> kept;
  return kept;
}

void keep_line(LogLevel level, std::string_view line) {
  lines().push_back(std::string(to_string(level)) + "|" + std::string(line));
}

// What writes to descriptor 2 while action runs.
std::string captured_stderr(const std::function<void()>& action) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const UniqueFd kept(::dup(STDERR_FILENO));
  ::dup2(writer.get(), STDERR_FILENO);
  action();
  ::dup2(kept.get(), STDERR_FILENO);
  writer.reset();
  char block[4096];
  const ssize_t size = ::read(reader.get(), block, sizeof block);
  return std::string(block, size > 0 ? static_cast<std::size_t>(size) : 0);
}

class LogTest : public testing::Test {
 protected:
  LogTest() { lines().clear(); }
  ~LogTest() override {
    set_log_sink(stderr_sink);
    set_log_level(LogLevel::kInfo);
    set_log_name("");
  }
};

TEST_F(LogTest, PassesOnWhatTheLevelAllows) {
  set_log_sink(keep_line);
  set_log_level(LogLevel::kWarning);
  log(LogLevel::kError, "e {}", 1);
  log(LogLevel::kWarning, "w");
  log(LogLevel::kNotice, "n");
  EXPECT_THAT(lines(), ElementsAre("error|e 1", "warning|w"));
  set_log_level(LogLevel::kDebug);
  log(LogLevel::kDebug, "d");
  EXPECT_THAT(lines(), ElementsAre("error|e 1", "warning|w", "debug|d"));
}

TEST_F(LogTest, StartsEveryLineWithTheName) {
  set_log_sink(keep_line);
  set_log_name("worker 2: ");
  log(LogLevel::kInfo, "ready");
  EXPECT_THAT(lines(), ElementsAre("info|worker 2: ready"));
}

TEST_F(LogTest, KeepsALineALineThatSteersNoTerminal) {
  set_log_sink(keep_line);
  log(LogLevel::kInfo, "listener unix:/a\n2026-01-01 error forged\x1b[2J");
  EXPECT_THAT(lines(), ElementsAre("info|listener unix:/a\\x0a2026-01-01 error forged\\x1b[2J"));
}

TEST_F(LogTest, WritesTimeLevelAndTextToStderr) {
  const std::string line = captured_stderr([] { stderr_sink(LogLevel::kInfo, "text"); });
  EXPECT_THAT(line,
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{3}Z info text\n"));
}

TEST_F(LogTest, WritesSyslogPrioritiesForTheJournal) {
  EXPECT_EQ(captured_stderr([] { journal_stream_sink(LogLevel::kError, "bad"); }), "<3>bad\n");
  EXPECT_EQ(captured_stderr([] { journal_stream_sink(LogLevel::kDebug, "detail"); }), "<7>detail\n");
}

TEST(LogLevel, ReadsEveryNameItPrints) {
  for (const LogLevel level :
       {LogLevel::kError, LogLevel::kWarning, LogLevel::kNotice, LogLevel::kInfo, LogLevel::kDebug}) {
    EXPECT_EQ(parse_word<LogLevel>(to_string(level)), level);
  }
  EXPECT_FALSE(parse_word<LogLevel>("loud"));
  EXPECT_FALSE(parse_word<LogLevel>(""));
}

}  // namespace
}  // namespace demo
