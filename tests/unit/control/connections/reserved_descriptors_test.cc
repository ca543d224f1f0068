#include "control/connections/reserved_descriptors.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <optional>
#include <vector>

#include "unit/descriptor_limit.h"

namespace demo {
namespace {

rlimit limit_now() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  return limit;
}

// A listening socket with a name that the kernel chose, and clients in its queue.
class ReservedDescriptors : public testing::Test {
 protected:
  ReservedDescriptors() : listening_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    socklen_t size = sizeof address.sun_family;
    EXPECT_EQ(::bind(listening_.get(), any, size), 0);
    EXPECT_EQ(::listen(listening_.get(), 8), 0);
    size = sizeof address;
    EXPECT_EQ(::getsockname(listening_.get(), any, &size), 0);
    for (int i = 0; i < 4; ++i) {
      clients_.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
      EXPECT_EQ(::connect(clients_.back().get(), any, size), 0);
    }
  }
  UniqueFd accept(unsigned kept) { return accept_with_reserve(listening_.get(), kept); }

  UniqueFd listening_;
  std::vector<UniqueFd> clients_;
};

TEST_F(ReservedDescriptors, AreTakenWhenThereAreNoOthers) {
  const DescriptorLimit shortage(0);
  const rlim_t before = limit_now().rlim_cur;
  EXPECT_FALSE(accept(0));
  EXPECT_EQ(errno, EMFILE);
  const UniqueFd connection = accept(1);
  ASSERT_TRUE(connection) << "errno " << errno;
  EXPECT_GE(static_cast<rlim_t>(connection.get()), before);
  EXPECT_EQ(limit_now().rlim_cur, before);
  EXPECT_EQ(::fcntl(connection.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_NE(::fcntl(connection.get(), F_GETFL) & O_NONBLOCK, 0);
}

TEST_F(ReservedDescriptors, AreForNobodyElseOnceTheyAreClosed) {
  const DescriptorLimit shortage(0);
  std::optional<UniqueFd> connection(accept(1));
  ASSERT_TRUE(*connection);
  EXPECT_FALSE(accept(1));
  connection.reset();
  EXPECT_FALSE(UniqueFd(::dup(listening_.get())));
  EXPECT_TRUE(accept(1));
}

// Who may take few of them leaves the others to who may take more.
TEST_F(ReservedDescriptors, AreSharedByPriority) {
  const DescriptorLimit shortage(0);
  const UniqueFd first = accept(1);
  ASSERT_TRUE(first);
  EXPECT_FALSE(accept(1));
  // The test may have been given descriptors among those that are kept.
  unsigned kept = 2;
  while (::fcntl(static_cast<int>(limit_now().rlim_cur + kept - 1), F_GETFD) >= 0) ++kept;
  EXPECT_TRUE(accept(kept));
}

TEST_F(ReservedDescriptors, AreLeftAloneWhileThereAreOthers) {
  const DescriptorLimit limit(1);
  const UniqueFd connection = accept(4);
  ASSERT_TRUE(connection);
  EXPECT_LT(static_cast<rlim_t>(connection.get()), limit_now().rlim_cur);
}

TEST(DescriptorLimitOfTheDaemon, IsBelowWhatItMayBe) {
  const rlimit before = limit_now();
  set_descriptor_limit();
  const rlimit after = limit_now();
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(after.rlim_max, before.rlim_max);
  EXPECT_LT(after.rlim_cur, after.rlim_max);
  EXPECT_GE(after.rlim_cur + kControlDescriptors, after.rlim_max);
}

}  // namespace
}  // namespace demo
