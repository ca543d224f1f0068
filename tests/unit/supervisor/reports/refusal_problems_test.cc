#include "supervisor/reports/refusal_problems.h"

#include <gmock/gmock.h>

namespace demo {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class RefusalProblemsTest : public testing::Test {
 protected:
  RefusalProblemsTest() {
    config_.listeners.emplace_back().address = *Address::parse("127.0.0.1:80");
    config_.pools.emplace_back();
  }

  void add(const char* endpoint, QueueRefusals refusals) {
    BackendReport report;
    report.pool = "default";
    report.backend.endpoint = *Endpoint::parse(endpoint);
    report.members.emplace_back().refusals = refusals;
    backends_.push_back(std::move(report));
  }
  std::map<std::string, std::string> found() const {
    return find_refusal_problems(config_, backends_, facts_);
  }

  Config config_;
  std::vector<BackendReport> backends_;
  RefusalFacts facts_;
};

TEST_F(RefusalProblemsTest, NoneWhileNothingIsRefused) {
  add("10.0.0.1:80", {});
  facts_.loops["127.0.0.1:80"] = 0;
  EXPECT_THAT(found(), IsEmpty());
}

TEST_F(RefusalProblemsTest, FullBackendsAreToldByTheirPool) {
  config_.pools[0].timeouts.queue = std::chrono::milliseconds(250);
  add("10.0.0.1:80", {3, 0});
  EXPECT_THAT(found(), ElementsAre(Pair("pool default",
                                        "pool \"default\" refused 3 requests in ten seconds (3 found its "
                                        "queue full): 10.0.0.1:80 is at its max-connections; raise that, the "
                                        "pool's queue-limit or queue-timeout, or add a backend")));
  add("10.0.0.2:80", {1, 4});
  add("10.0.0.3:80", {});
  EXPECT_THAT(found(),
              ElementsAre(Pair("pool default", AllOf(HasSubstr("refused 8 requests"),
                                                     HasSubstr("(4 found its queue full, 4 waited longer "
                                                               "than its queue time-out of 250 ms)"),
                                                     HasSubstr("10.0.0.1:80 and 1 more are each at")))));
}

TEST_F(RefusalProblemsTest, LoopIsToldByItsListener) {
  facts_.loops["127.0.0.1:80"] = 7;
  EXPECT_THAT(found(), ElementsAre(Pair("listener 127.0.0.1:80", HasSubstr("508 to 7 requests"))));
}

TEST_F(RefusalProblemsTest, ClientsThatWaitNameTheLimitThatIsReached) {
  facts_.clients_waited = true;
  EXPECT_THAT(found(), ElementsAre(Pair("clients", HasSubstr("limit of open files"))));
  config_.max_connections = 9;
  EXPECT_THAT(found(), ElementsAre(Pair("clients", HasSubstr("limit of 9 client connections"))));
}

TEST_F(RefusalProblemsTest, ShortageWhereConnectionsAreAcceptedIsTold) {
  facts_.accept_errors = 2;
  EXPECT_THAT(found(), ElementsAre(Pair("accepting", HasSubstr("2 times"))));
}

}  // namespace
}  // namespace demo
