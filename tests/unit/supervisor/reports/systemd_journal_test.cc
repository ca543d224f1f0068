#include "supervisor/reports/systemd_journal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <filesystem>

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo {
namespace {

using testing::HasSubstr;
using testing::Not;

// journald's socket, read by the test.
class Journal : public ::testing::Test {
 protected:
  Journal() {
    const Address address = *Address::parse("unix:" + path_);
    EXPECT_EQ(::bind(fd_.get(), address.sockaddr_ptr(), address.sockaddr_size()), 0);
  }
  ~Journal() override { std::filesystem::remove(path_); }

  std::string read() {
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(fd_.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    return size < 0 ? "" : std::string(buffer.data(), static_cast<std::size_t>(size));
  }

  const std::string path_ =
      std::filesystem::temp_directory_path() / ("journal-" + std::to_string(::getpid()));
  const UniqueFd fd_{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  JournalEntry entry_{
      LogLevel::kNotice, "config generation 7", "set-workers 2", 7, {"uid 1000 (ops)", 1000, 100, 4242},
      "config-changed"};
};

TEST_F(Journal, GetsWhoChangedWhatAsFields) {
  ASSERT_TRUE(write_to_journal(entry_, path_));
  EXPECT_EQ(
      read(),
      "MESSAGE=config generation 7\nPRIORITY=5\nSYSLOG_IDENTIFIER=demo-server\nDEMO_EVENT=config-changed\n"
      "DEMO_GENERATION=7\nDEMO_CHANGE=set-workers 2\nDEMO_CALLER=uid 1000 (ops)\nDEMO_CALLER_UID=1000\n"
      "DEMO_CALLER_GID=100\nDEMO_CALLER_PID=4242\n");
}

TEST_F(Journal, GetsTheKindOfWhatNobodyAskedFor) {
  ASSERT_TRUE(write_to_journal({LogLevel::kInfo, "worker 2 left", {}, 7, {}, "worker-exited"}, path_));
  EXPECT_EQ(read(),
            "MESSAGE=worker 2 left\nPRIORITY=6\nSYSLOG_IDENTIFIER=demo-server\nDEMO_EVENT=worker-exited\n"
            "DEMO_GENERATION=7\n");
}

TEST_F(Journal, GetsNoFieldOfWhatTheKernelDoesNotKnow) {
  entry_.caller = {"CN=ops", std::nullopt, std::nullopt, std::nullopt};
  ASSERT_TRUE(write_to_journal(entry_, path_));
  EXPECT_THAT(read(), testing::AllOf(HasSubstr("DEMO_CALLER=CN=ops\n"), Not(HasSubstr("_UID"))));
}

TEST_F(Journal, CannotBeGivenAFieldThroughALineBreak) {
  entry_.change = "a\nDEMO_CALLER=root";
  ASSERT_TRUE(write_to_journal(entry_, path_));
  EXPECT_THAT(read(), HasSubstr("DEMO_CHANGE=a\\x0aDEMO_CALLER=root\nDEMO_CALLER=uid 1000 (ops)\n"));
}

TEST_F(Journal, ThatDoesNotReadIsNotWaitedFor) {
  bool taken = true;
  for (int i = 0; taken && i < 100'000; ++i) taken = write_to_journal(entry_, path_);
  EXPECT_FALSE(taken);
}

TEST_F(Journal, DoesNotTakeWhatIsTooLarge) {
  entry_.message.assign(16U << 20, 'x');
  EXPECT_FALSE(write_to_journal(entry_, path_));
}

TEST(NoJournal, IsSaid) { EXPECT_FALSE(write_to_journal({}, "/nonexistent/journal")); }

}  // namespace
}  // namespace demo
