#include "format/column_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "demo/control/v1/monitor.pb.h"
#include "failure.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

namespace demo::ctl {
namespace {

using testing::HasSubstr;

TEST(ColumnChoice, TakesHeadingsAsTheyArePrinted) {
  EXPECT_EQ(parse_columns("POOL,Req/s,cpu%"), (std::vector<std::string>{"pool", "req/s", "cpu%"}));
  EXPECT_EQ(parse_order("WEIGHT:Desc").column, "weight");
  EXPECT_TRUE(parse_order("WEIGHT:Desc").descending);
  EXPECT_FALSE(parse_order("weight:asc").descending);
  EXPECT_EQ(order_text(parse_order("CPU%:desc")), "cpu%:desc");
  EXPECT_THROW(parse_columns("pool,POOL"), Failure);
}

class ColumnChoiceOfVerbs : public DemoctlOfFakeDaemon {
 protected:
  ColumnChoiceOfVerbs() {
    api::ListBackendsResponse backends;
    for (const unsigned weight : {5U, 9U}) {
      api::BackendStatus& status = *backends.add_backends();
      status.set_pool("api");
      status.mutable_backend()->set_endpoint(std::to_string(weight));
      status.mutable_backend()->set_weight(weight);
    }
    daemon_.answer("ListBackends", backends);
    api::GetStatsResponse stats;
    for (const unsigned number : {1U, 2U}) {
      api::ListenerRow& listener = *stats.mutable_sample()->add_listeners();
      listener.set_address(std::to_string(number));
      listener.mutable_figures()->set_requests(number);
    }
    stats.mutable_sample()->add_workers();
    stats.mutable_sample()->add_backends()->set_pool("api");
    daemon_.answer("GetStats", stats);
  }

  std::string refusal(const std::vector<std::string>& words) {
    EXPECT_EQ(democtl(words), 2);
    return err_;
  }
};

TEST_F(ColumnChoiceOfVerbs, OrderBehindTheColonIsOneOfTwoWords) {
  EXPECT_EQ(
      refusal({"backends", "--sort", "weight:dsc"}),
      "democtl: --sort: \"weight:dsc\": behind the colon stands one of asc, desc, did you mean \"desc\"?\n");
  EXPECT_EQ(refusal({"backends", "--sort", "weight:"}),
            "democtl: --sort: \"weight:\": behind the colon stands one of asc, desc\n");
  for (const std::string word : {"asc", "desc"}) {
    EXPECT_EQ(refusal({"backends", "--sort", ":" + word}),
              "democtl: --sort: \":" + word + "\": a column comes before the colon\n");
  }
  EXPECT_EQ(democtl({"backends", "--sort", "WEIGHT:desc", "-o", "csv", "--fields", "ENDPOINT"}), 0);
  EXPECT_EQ(out_, "endpoint\n9\n5\n");
}

TEST_F(ColumnChoiceOfVerbs, IsCheckedBeforeTheDaemonIsAsked) {
  EXPECT_THAT(refusal({"backends", "--fields", "POLL"}), HasSubstr("did you mean \"pool\"?"));
  EXPECT_THAT(refusal({"events", "--fields", "sequense"}), HasSubstr("did you mean \"sequence\"?"));
  EXPECT_EQ(daemon_.calls("ListBackends") + daemon_.calls("WatchEvents"), 0);
}

TEST_F(ColumnChoiceOfVerbs, OfRatesAndOfCountersSayWhereTheyAre) {
  EXPECT_EQ(refusal({"stats", "--fields", "REQ/S"}),
            "democtl: --fields: \"req/s\" is a column of stats --watch\n");
  EXPECT_EQ(refusal({"stats", "--sort", "req/s:desc"}),
            "democtl: --sort: \"req/s\" is a column of stats --watch\n");
  EXPECT_EQ(refusal({"stats", "--watch", "--fields", "requests"}),
            "democtl: --fields: \"requests\" is a column of stats without --watch, or with --raw\n");
}

TEST_F(ColumnChoiceOfVerbs, LeaveNoRowEmpty) {
  EXPECT_EQ(democtl({"stats", "--fields", "pool,listener", "-o", "csv"}), 0);
  EXPECT_EQ(out_, "pool,listener\n,1\n,2\napi,\n");
}

TEST_F(ColumnChoiceOfVerbs, SortEveryTableThatHasTheColumn) {
  EXPECT_EQ(democtl({"stats", "--sort", "requests:desc"}), 0);
  EXPECT_LT(out_.find("\n2 "), out_.find("\n1 ")) << out_;
  EXPECT_EQ(democtl({"stats", "--sort", "listener:desc"}), 0);
  EXPECT_LT(out_.find("\n2 "), out_.find("\n1 ")) << out_;
  EXPECT_THAT(refusal({"stats", "--sort", "kind"}), HasSubstr("--sort: there is no column \"kind\""));
}

}  // namespace
}  // namespace demo::ctl
