#include "supervisor/upgrade/stray_children.h"

#include <gtest/gtest.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

namespace demo {
namespace {

pid_t ended_child() {
  pid_t pid = 0;
  char name[] = "true";
  char* argv[] = {name, nullptr};
  EXPECT_EQ(::posix_spawnp(&pid, name, nullptr, nullptr, argv, environ), 0);
  EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED | WNOWAIT), 0);
  return pid;
}

bool is_there(pid_t pid) {
  return ::waitid(P_PID, static_cast<id_t>(pid), nullptr, WEXITED | WNOHANG | WNOWAIT) == 0;
}

TEST(StrayChildren, AreReapedUnlessSomebodyKnowsThem) {
  const pid_t known = ended_child();
  reap_stray_children([&](pid_t pid) { return pid == known; });
  EXPECT_TRUE(is_there(known));
  ::waitpid(known, nullptr, 0);
  const pid_t first = ended_child();
  const pid_t second = ended_child();
  reap_stray_children([](pid_t) { return false; });
  EXPECT_FALSE(is_there(first));
  EXPECT_FALSE(is_there(second));
}

}  // namespace
}  // namespace demo
