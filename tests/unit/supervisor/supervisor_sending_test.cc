// A supervisor whose kernel has no memory for what it sends to its workers.
#include <cerrno>

#include "failing_send.h"
#include "supervisor_fixture.h"

namespace demo {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class SupervisorSending : public SupervisorFixture {
 protected:
  ~SupervisorSending() override { send_error = 0; }
};

// It is tried each half a second: so many times are more than the worker has to be ready.
TEST_F(SupervisorSending, GivesAWorkerItsTimeOnceItCanBeToldWhatToServe) {
  set_workers(1);
  options_.workers.heartbeat_timeout = std::chrono::milliseconds(1500);
  send_error = ENOBUFS;
  open();
  const pid_t pid = wait_until([](const StatusReport& r) { return r.workers[0].pid != 0; }).workers[0].pid;
  const StatusReport meanwhile = wait_until([](const StatusReport&) { return sends_failed > 8; });
  EXPECT_EQ(meanwhile.workers[0].pid, pid);
  EXPECT_THAT(meanwhile.problems, Contains(HasSubstr("are short")));
  send_error = 0;
  const StatusReport after = wait_until([](const StatusReport& r) { return all_ready(r); });
  EXPECT_EQ(after.workers[0].pid, pid);
  EXPECT_EQ(after.workers[0].respawns, 0U);
  EXPECT_THAT(after.problems, IsEmpty());
}

}  // namespace
}  // namespace demo
