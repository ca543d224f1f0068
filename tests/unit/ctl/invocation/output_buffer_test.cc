#include "invocation/output_buffer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <ostream>
#include <string>

namespace demo::ctl {
namespace {

class OutputBufferTest : public testing::Test {
 protected:
  OutputBufferTest() { EXPECT_EQ(::pipe2(ends_.data(), O_CLOEXEC | O_NONBLOCK), 0); }
  ~OutputBufferTest() override {
    for (const int end : ends_) ::close(end);
  }

  std::string arrived() {
    std::array<char, 64 * 1024> bytes{};
    const ssize_t size = ::read(ends_[0], bytes.data(), bytes.size());
    return size < 0 ? "" : std::string(bytes.data(), static_cast<std::size_t>(size));
  }

  std::array<int, 2> ends_{};
};

TEST_F(OutputBufferTest, WritesWhenItIsFlushedOrHoldsMuch) {
  OutputBuffer buffer(ends_[1], false);
  std::ostream out(&buffer);
  out << "one\n" << 'x';
  EXPECT_EQ(arrived(), "");
  out << std::flush;
  EXPECT_EQ(arrived(), "one\nx");
  const std::string much(20'000, 'y');
  out << much;
  EXPECT_EQ(arrived(), much);
  EXPECT_EQ(buffer.error(), 0);
}

TEST_F(OutputBufferTest, WritesEveryLineOfATerminalAtOnce) {
  OutputBuffer buffer(ends_[1], true);
  std::ostream out(&buffer);
  out << "no line yet";
  EXPECT_EQ(arrived(), "");
  out << ", one now\n";
  EXPECT_EQ(arrived(), "no line yet, one now\n");
}

TEST_F(OutputBufferTest, KeepsWhyItCouldNotWrite) {
  const int full = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
  OutputBuffer buffer(full, false);
  std::ostream out(&buffer);
  out << "x" << std::flush;
  EXPECT_TRUE(out.bad());
  errno = EAGAIN;
  EXPECT_EQ(buffer.error(), ENOSPC);
  out.clear();
  out << "y" << std::flush;
  EXPECT_TRUE(out.bad()) << "what comes later would tear the text";
  ::close(full);
}

}  // namespace
}  // namespace demo::ctl
