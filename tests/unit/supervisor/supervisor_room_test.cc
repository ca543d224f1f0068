// Places for the processes of workers, which those that drain hold as well.
#include <sys/resource.h>

#include <numeric>

#include "base/limits.h"
#include "supervisor_fixture.h"

// So many processes that a sanitizer's would not be started in time.
#ifndef DEMO_SANITIZED
namespace demo {
namespace {

using std::chrono::milliseconds;
using testing::Contains;
using testing::HasSubstr;

class SupervisorRoom : public SupervisorFixture {
 protected:
  SupervisorRoom() {
    options_.workers.drain_timeout = milliseconds(600'000);
    options_.config.accept_mode = AcceptMode::kShared;
    options_.cores.cores.resize(limits::kWorkers);
    std::iota(options_.cores.cores.begin(), options_.cores.cores.end(), 0);
    set_workers(limits::kWorkers);
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit most = before_;
    most.rlim_cur = most.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &most);
  }
  ~SupervisorRoom() override { ::setrlimit(RLIMIT_NOFILE, &before_); }

  void TearDown() override {
    set_manner("");
    for (const WorkerReport& worker : status().workers) {
      if (worker.pid > 0) ::kill(worker.pid, SIGKILL);
    }
    stop();
  }

  // All but the first drain for ever, and as many start beside them where there is room.
  void replace_all_but_one() {
    ASSERT_TRUE(change(set_count(1)));
    ASSERT_TRUE(change(set_count(limits::kWorkers)));
  }

  Result<UpgradeStart> upgrade() {
    std::promise<Result<UpgradeStart>> started;
    supervisor_->upgrade({{"tester", {}, {}, {}}, nullptr},
                         [&](const Result<UpgradeStart>& start) { started.set_value(start); });
    return started.get_future().get();
  }

  rlimit before_{};
};

TEST_F(SupervisorRoom, IsSoughtBeforeAnUpgradeAndMissedInTheStatus) {
  set_manner("linger");
  open_ready();
  replace_all_but_one();
  wait_until(all_ready);
  EXPECT_THAT(status().problems, testing::Not(Contains(HasSubstr("not started"))));
  const auto refused = upgrade();
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("512 worker processes run or drain already"));
  replace_all_but_one();
  EXPECT_THAT(status().problems, Contains(HasSubstr("254 workers not started")));
}

}  // namespace
}  // namespace demo
#endif
