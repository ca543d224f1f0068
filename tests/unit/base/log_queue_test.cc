#include "base/log_queue.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "base/unique_fd.h"
#include "unit/temporary_folder.h"

namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr milliseconds kPatience{20'000};

std::string note(std::uint64_t lines) { return "lost " + std::to_string(lines) + "\n"; }

// A pipe as small as the kernel makes them, and a descriptor that a queue writes to.
class LogQueueTest : public testing::Test {
 protected:
  LogQueueTest() {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    reader_.reset(ends[0]);
    sink_.reset(ends[1]);
    ::fcntl(sink_.get(), F_SETPIPE_SZ, 4096);
  }
  static std::string line(int number) {
    std::string text = std::to_string(number) + " ";
    text.resize(999, '.');
    return text + "\n";
  }
  // Reads until the text holds the mark, however long that takes: the test's own limit ends it.
  void read_until(const std::string& mark) {
    while (text_.find(mark) == std::string::npos) {
      char block[4096];
      const ssize_t size = ::read(reader_.get(), block, sizeof block);
      ASSERT_GT(size, 0);
      text_.append(block, static_cast<std::size_t>(size));
    }
  }
  bool is_writable() const {
    pollfd sink{sink_.get(), POLLOUT, 0};
    return ::poll(&sink, 1, 0) > 0 && sink.revents == POLLOUT;
  }
  // More than pipe and queue hold, without anybody who reads.
  int overfill(LogQueue& queue) {
    int pushed = 0;
    while (pushed < 10) queue.push(line(pushed++));
    // Once the pipe is full the writer takes nothing more out of the queue.
    while (is_writable()) ::poll(nullptr, 0, 1);
    while (queue.lost() < 5) queue.push(line(pushed++));
    return pushed;
  }

  UniqueFd reader_;
  UniqueFd sink_;
  std::string text_;
};

TEST_F(LogQueueTest, WritesLinesInTheirOrder) {
  LogQueue queue(sink_.get(), note);
  queue.push("a\n");
  queue.push("b\n");
  EXPECT_TRUE(queue.flush(kPatience));
  read_until("b\n");
  EXPECT_EQ(text_, "a\nb\n");
  EXPECT_EQ(queue.lost(), 0U);
  EXPECT_FALSE(queue.stalled());
}

TEST_F(LogQueueTest, NeverWaitsForAPipeThatNobodyReadsAndSaysWhereLinesAreMissing) {
  LogQueue queue(sink_.get(), note);
  const int pushed = overfill(queue);
  EXPECT_FALSE(queue.flush(milliseconds(1)));
  const auto kept = pushed - 5;
  read_until("lost 5\n");
  // In order and each whole, up to the gap.
  std::string expected;
  for (int i = 0; i < kept; ++i) expected += line(i);
  EXPECT_EQ(text_, expected + "lost 5\n");
  queue.push("after\n");
  read_until("after\n");
  EXPECT_THAT(text_, testing::EndsWith("lost 5\nafter\n"));
  EXPECT_EQ(queue.lost(), 5U);
}

TEST_F(LogQueueTest, SaysThatTheLogStandsStill) {
  LogQueue queue(sink_.get(), note);
  overfill(queue);
  while (!queue.stalled()) ::poll(nullptr, 0, 10);
  read_until("lost 5\n");
  EXPECT_TRUE(queue.flush(kPatience));
  EXPECT_FALSE(queue.stalled());
}

TEST_F(LogQueueTest, GoesOnInANewFileWhileTheOldOneHoldsAWriteUp) {
  LogQueue queue(sink_.get(), note);
  const int pushed = overfill(queue);
  int ends[2];
  ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd other_reader(ends[0]);
  const UniqueFd other_sink(ends[1]);
  ::dup2(other_sink.get(), sink_.get());
  queue.on_sink_changed(LogQueue::open_own(sink_.get()));
  const UniqueFd old = std::move(reader_);
  reader_.reset(::dup(other_reader.get()));
  read_until("lost 5\n");
  EXPECT_THAT(text_, HasSubstr(line(pushed - 6)));
  EXPECT_TRUE(queue.flush(kPatience));
}

TEST_F(LogQueueTest, KeepsWhatAFullDiskDoesNotTakeUntilThereIsRoom) {
  const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  const UniqueFd log(::dup(full.get()));
  LogQueue queue(log.get(), note);
  queue.push("kept\n");
  EXPECT_FALSE(queue.flush(milliseconds(1)));
  // The same descriptor takes lines from now on, as a disk does that has room again.
  ::dup2(sink_.get(), log.get());
  read_until("kept\n");
  EXPECT_TRUE(queue.flush(kPatience));
  EXPECT_EQ(text_, "kept\n");
}

TEST_F(LogQueueTest, WaitsForRoomInAPipeThatDoesNotBlock) {
  ::fcntl(sink_.get(), F_SETFL, O_NONBLOCK);
  LogQueue queue(sink_.get(), note);
  overfill(queue);
  read_until("lost 5\n");
  EXPECT_TRUE(queue.flush(kPatience));
}

TEST_F(LogQueueTest, SurvivesAReaderThatLeft) {
  ::signal(SIGPIPE, SIG_IGN);
  reader_.reset();
  LogQueue queue(sink_.get(), note);
  overfill(queue);
  EXPECT_FALSE(queue.flush(milliseconds(1)));
}

TEST_F(LogQueueTest, HasWrittenALineToAFileWhenPushReturns) {
  const TemporaryFolder folder;
  const UniqueFd file(::open(folder.file("log").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(file);
  LogQueue queue(file.get(), note);
  queue.push("text\n");
  char block[16];
  ASSERT_EQ(::pread(file.get(), block, sizeof block, 0), 5);
  EXPECT_EQ(std::string(block, 5), "text\n");
}

}  // namespace
}  // namespace demo
