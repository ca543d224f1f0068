// What the end of a worker is called: it was asked to leave, or it died.
#include <string>
#include <vector>

#include "supervisor_fixture.h"

namespace demo {
namespace {

using testing::HasSubstr;

class SupervisorExits : public SupervisorFixture {
 protected:
  // The messages of the events of a kind, so far.
  std::vector<std::string> told(EventKind kind) {
    std::vector<std::string> messages;
    const auto id = supervisor_->events().subscribe(0, [&](const EventPtr& event) {
      if (event->kind == kind) messages.push_back(event->subject + " " + event->message);
    });
    supervisor_->events().unsubscribe(id);
    return messages;
  }
};

TEST_F(SupervisorExits, OfAResizeAreNoDeaths) {
  open_ready();
  ASSERT_TRUE(change(set_count(1)));
  wait_until([](const StatusReport& report) { return report.workers.size() == 1; });
  EXPECT_THAT(told(EventKind::kWorkerExited),
              testing::ElementsAre(HasSubstr("worker 1 left after its drain (exit status 0)")));
  EXPECT_THAT(told(EventKind::kWorkerDied), testing::IsEmpty());
}

TEST_F(SupervisorExits, OfARestartAreNoDeaths) {
  open_ready();
  ASSERT_TRUE(restart(std::nullopt));
  wait_until([](const StatusReport& report) { return report.workers.size() == 2; });
  EXPECT_THAT(told(EventKind::kWorkerExited),
              testing::UnorderedElementsAre(HasSubstr("worker 0 left"), HasSubstr("worker 1 left")));
  EXPECT_THAT(told(EventKind::kWorkerDied), testing::IsEmpty());
}

TEST_F(SupervisorExits, OfAStopAreNoDeaths) {
  open_ready();
  stop();
  EXPECT_EQ(told(EventKind::kWorkerExited).size(), 2U);
  EXPECT_THAT(told(EventKind::kWorkerDied), testing::IsEmpty());
}

TEST_F(SupervisorExits, ThatNobodyAskedForAreDeaths) {
  set_workers(1);
  open_ready();
  const pid_t before = status().workers.at(0).pid;
  ::kill(before, SIGKILL);
  wait_until(
      [&](const StatusReport& report) { return all_ready(report) && report.workers[0].pid != before; });
  EXPECT_THAT(told(EventKind::kWorkerDied), testing::ElementsAre(HasSubstr("killed by SIGKILL")));
  EXPECT_THAT(told(EventKind::kWorkerExited), testing::IsEmpty());
}

// However it ends: nobody else can tell.
TEST_F(SupervisorExits, EndTheEjectionsOfTheProcess) {
  set_manner("ejects");
  set_workers(1);
  open_ready();
  ::unsetenv("FAKE_WORKER");
  const auto ejections = [this] { return told(EventKind::kBackendEjected); };
  wait_until([&](const StatusReport&) { return ejections().size() >= 2; });
  const pid_t before = status().workers.at(0).pid;
  ::kill(before, SIGKILL);
  wait_until(
      [&](const StatusReport& report) { return all_ready(report) && report.workers[0].pid != before; });
  EXPECT_THAT(ejections(),
              testing::ElementsAre(HasSubstr("ejected 10.0.0.1:80"), HasSubstr("ejected 10.0.0.2:80"),
                                   "backend default/two.test:80 worker 0 holds ejected no more 10.0.0.1:80: "
                                   "its process has ended"));
}

}  // namespace
}  // namespace demo
