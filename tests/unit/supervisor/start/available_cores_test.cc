#include "supervisor/start/available_cores.h"

#include <gtest/gtest.h>
#include <sched.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "unit/temporary_folder.h"

namespace demo {
namespace {

class AvailableCoresTest : public testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path full = root_ + path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text;
  }
  std::optional<unsigned> quota() { return read_available_cores(root_).quota; }

  const TemporaryFolder folder_;
  const std::string& root_ = folder_.path();
};

TEST_F(AvailableCoresTest, FollowTheAffinityMask) {
  cpu_set_t before;
  ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
  const auto all = read_available_cores(root_).cores;
  ASSERT_FALSE(all.empty());
  cpu_set_t one;
  CPU_ZERO(&one);
  CPU_SET(all.back(), &one);
  ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
  EXPECT_EQ(read_available_cores(root_).cores, std::vector<unsigned>{all.back()});
  ASSERT_EQ(::sched_setaffinity(0, sizeof before, &before), 0);
}

TEST_F(AvailableCoresTest, HaveNoQuotaWithoutControlGroups) { EXPECT_FALSE(quota()); }

TEST_F(AvailableCoresTest, RoundAVersion2QuotaUp) {
  write("/proc/self/cgroup", "0::/a/b\n");
  write("/sys/fs/cgroup/a/b/cpu.max", "150000 100000\n");
  EXPECT_EQ(quota(), 2U);
  write("/sys/fs/cgroup/a/b/cpu.max", "10000 100000\n");
  EXPECT_EQ(quota(), 1U);
  write("/sys/fs/cgroup/a/b/cpu.max", "max 100000\n");
  EXPECT_FALSE(quota());
}

TEST_F(AvailableCoresTest, TakeTheTightestGroupUpToTheRoot) {
  write("/proc/self/cgroup", "0::/a/b\n");
  write("/sys/fs/cgroup/a/b/cpu.max", "400000 100000\n");
  write("/sys/fs/cgroup/a/cpu.max", "300000 100000\n");
  EXPECT_EQ(quota(), 3U);
  write("/sys/fs/cgroup/cpu.max", "200000 100000\n");
  EXPECT_EQ(quota(), 2U);
}

TEST_F(AvailableCoresTest, ReadVersion1Groups) {
  write("/proc/self/cgroup", "5:memory:/m\n4:cpu,cpuacct:/x\n0::/\n");
  write("/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "250000\n");
  write("/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(quota(), 3U);
  write("/sys/fs/cgroup/cpu,cpuacct/x/cpu.cfs_quota_us", "-1\n");
  EXPECT_FALSE(quota());
}

TEST_F(AvailableCoresTest, PassOverLinesThatMakeNoSense) {
  write("/proc/self/cgroup", "nonsense\n:\n0::/a\n");
  write("/sys/fs/cgroup/a/cpu.max", "words here\n");
  EXPECT_FALSE(quota());
}

}  // namespace
}  // namespace demo
