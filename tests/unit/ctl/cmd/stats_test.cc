#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <sstream>
#include <string>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "unit/ctl/democtl_test.h"

// democtl stats as it is typed.

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::Not;

using StatsTest = DemoctlOfFakeDaemon;

TEST_F(StatsTest, WatchesALineAnInterval) {
  std::vector<api::WatchStatsResponse> samples(3);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    api::StatsSample& sample = *samples[i].mutable_sample();
    sample.set_complete(true);
    sample.set_monotonic_ns((i + 1) * 1'000'000'000);
    sample.mutable_total()->set_requests(i * 250);
  }
  daemon_.answer("WatchStats", {&samples[0], &samples[1], &samples[2]});
  EXPECT_EQ(democtl({"stats", "--watch", "--count", "2", "-o", "csv", "--fields", "req/s"}), 0);
  EXPECT_EQ(out_, "req/s\n250\n250\n");
  EXPECT_TRUE(daemon_.request<api::WatchStatsRequest>("WatchStats").always_complete());
}

TEST_F(StatsTest, KeepsFiguresBelowTheirHeadingsAsTheyGrow) {
  std::vector<api::WatchStatsResponse> samples(3);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    api::StatsSample& sample = *samples[i].mutable_sample();
    sample.set_monotonic_ns((i + 1) * 1'000'000'000);
    api::ListenerRow& listener = *sample.add_listeners();
    listener.set_address(i < 2 ? "1.2.3.4:5" : "[2001:db8:1:2:3:4:5:6]:28080");
    listener.mutable_figures()->set_connections_open(i);
  }
  daemon_.answer("WatchStats", {&samples[0], &samples[1], &samples[2]});
  EXPECT_EQ(democtl({"stats", "--watch", "--count", "2", "--fields", "listener,open"}), 0);
  EXPECT_EQ(out_,
            " LISTENER     OPEN\n"
            "1.2.3.4:5        1\n"
            "                    LISTENER     OPEN\n"
            "[2001:db8:1:2:3:4:5:6]:28080        2\n");
}

TEST_F(StatsTest, HasLinesThatFitATerminalThatCannotDrawInPlace) {
  std::vector<api::WatchStatsResponse> samples(2);
  samples[1].mutable_sample()->set_monotonic_ns(1'000'000'000);
  daemon_.answer("WatchStats", {&samples[0], &samples[1]});
  terminal_ = true;
  EXPECT_EQ(democtl({"stats", "--watch", "--count", "1"}), 0);
  std::istringstream lines(out_);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(out_, HasSubstr("REQ/S"));
  EXPECT_THAT(out_, Not(HasSubstr("RESP-P99")));
}

TEST_F(StatsTest, HasLinesThatFitATerminalHoweverFiguresGrow) {
  std::vector<api::WatchStatsResponse> samples(4);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    api::StatsSample& sample = *samples[i].mutable_sample();
    sample.set_monotonic_ns((i + 1) * 1'000'000'000);
    // The third is a narrow one again, and columns never give back.
    const std::uint64_t figure = i == 1 ? 1'234'567'890'123'456 : i;
    sample.mutable_total()->set_connections_open(figure);
    sample.mutable_total()->set_connections_accepted(figure);
    sample.mutable_total()->set_requests(figure);
  }
  daemon_.answer("WatchStats", {&samples[0], &samples[1], &samples[2], &samples[3]});
  terminal_ = true;
  EXPECT_EQ(democtl({"stats", "--watch", "--raw", "--count", "3"}), 0);
  std::istringstream lines(out_);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 80U) << line;
  EXPECT_THAT(out_, HasSubstr("1234567890123456"));
}

TEST_F(StatsTest, SaysWhyARecordingCannotBeWritten) {
  EXPECT_EQ(democtl({"stats", "--record", testing::TempDir() + "none/x", "--count", "1"}), 1);
  EXPECT_THAT(err_, HasSubstr("none/x cannot be written: No such file or directory"));
}

TEST_F(StatsTest, GoesOnWatchingADaemonThatCameBack) {
  std::vector<api::WatchStatsResponse> samples(2);
  samples[0].mutable_sample()->set_monotonic_ns(1'000'000'000);
  samples[1].mutable_sample()->set_monotonic_ns(2'000'000'000);
  daemon_.answer("WatchStats", {&samples[0], &samples[1]},
                 grpc::Status(grpc::StatusCode::UNAVAILABLE, "the daemon is stopping"));
  EXPECT_EQ(democtl({"stats", "--watch", "--count", "2", "-o", "csv", "--fields", "req/s"}), 0);
  EXPECT_EQ(out_, "req/s\n0\n0\n");
  EXPECT_THAT(err_, HasSubstr("went away, reconnecting\n"));
  EXPECT_THAT(err_, HasSubstr("is back\n"));
}

TEST_F(StatsTest, EndsAWatchThatIsRefused) {
  daemon_.refuse("WatchStats", grpc::StatusCode::INVALID_ARGUMENT, "at least 100ms", "interval", "1ms");
  EXPECT_EQ(democtl({"stats", "--watch", "--interval", "1ms"}), 2);
  EXPECT_EQ(err_, "democtl: --interval: \"1ms\": at least 100ms\n");
}

TEST_F(StatsTest, RecordsWhatReplayShows) {
  std::vector<api::WatchStatsResponse> samples(2);
  samples[0].mutable_sample()->set_monotonic_ns(1'000'000'000);
  samples[1].mutable_sample()->set_monotonic_ns(3'000'000'000);
  samples[1].mutable_sample()->mutable_total()->set_requests(500);
  daemon_.answer("WatchStats", {&samples[0], &samples[1]});
  const std::string file = testing::TempDir() + "recording.jsonl";
  EXPECT_EQ(democtl({"stats", "--record", file, "--count", "1", "-o", "csv", "--fields", "req/s"}), 0);
  const std::string live = out_;
  daemon_.stop();
  EXPECT_EQ(democtl({"stats", "--replay", file, "-o", "csv", "--fields", "req/s"}), 0);
  EXPECT_EQ(out_, live);
  EXPECT_EQ(out_, "req/s\n250\n");
  std::remove(file.c_str());
}

TEST_F(StatsTest, WatchesTheColumnsThatAreNamedHoweverTheyArePrinted) {
  std::vector<api::WatchStatsResponse> samples(2);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    api::StatsSample& sample = *samples[i].mutable_sample();
    sample.set_complete(true);
    sample.set_monotonic_ns((i + 1) * 1'000'000'000);
    for (unsigned index = 0; index < 2; ++index) {
      api::WorkerRow& worker = *sample.add_workers();
      worker.set_worker(index);
      worker.mutable_figures()->set_requests(i * 250);
    }
  }
  const std::vector<std::string> words{"stats", "--watch", "--count", "1", "--fields", "worker,req/s"};
  daemon_.answer("WatchStats", {&samples[0], &samples[1]});
  EXPECT_EQ(democtl(words), 0) << err_;
  EXPECT_EQ(out_, "  WORKER    REQ/S\n       0      250\n       1      250\n");
}

// Rows and their sum are of what was asked for, and nothing stands beside them that is of more.
TEST_F(StatsTest, HasRowsOfTheSelectedKindsAlone) {
  api::ListListenersResponse listeners;
  listeners.add_listeners()->set_bound_address(":81");
  daemon_.answer("ListListeners", listeners);
  api::GetStatsResponse stats;
  stats.mutable_sample()->mutable_total()->set_requests(15);
  stats.mutable_sample()->add_workers()->set_worker(0);
  api::ListenerRow& listener = *stats.mutable_sample()->add_listeners();
  listener.set_address(":81");
  listener.mutable_figures()->set_requests(3);
  daemon_.answer("GetStats", stats);
  EXPECT_EQ(democtl({"stats", "--listener", ":81", "-o", "csv", "--fields", "requests"}), 0);
  EXPECT_EQ(out_, "requests\n3\n");
  EXPECT_EQ(democtl({"stats", "--listener", ":81"}), 0);
  EXPECT_THAT(out_, testing::AllOf(HasSubstr("LISTENER"), Not(HasSubstr("WORKER")), Not(HasSubstr("total"))));
  EXPECT_THAT(daemon_.request<api::GetStatsRequest>("GetStats").selection().parts(),
              testing::ElementsAre(api::STATS_PART_LISTENERS));
  EXPECT_EQ(democtl({"stats", "--listener", ":81", "--fields", "worker"}), 2);
  EXPECT_THAT(err_, HasSubstr("no column of the rows that are selected"));
}

}  // namespace
}  // namespace demo::ctl
