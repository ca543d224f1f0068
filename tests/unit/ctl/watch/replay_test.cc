#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <limits>
#include <string>

#include "figures/percentile.h"
#include "figures/rates.h"
#include "format/text_width.h"
#include "unit/ctl/democtl_test.h"
#include "watch/sample_source.h"

// Recordings that no daemon wrote.

namespace demo::ctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();

class ReplayTest : public DemoctlTest {
 protected:
  ~ReplayTest() override { std::remove(path_.c_str()); }

  std::string refusal(const std::string& path) {
    EXPECT_EQ(democtl({"stats", "--replay", path}), 2);
    return err_;
  }
  void write(const std::string& text) { std::ofstream(path_) << text; }

  const std::string path_ = testing::TempDir() + "hostile.jsonl";
};

TEST_F(ReplayTest, RefusesWhatHasNoEnd) {
  EXPECT_EQ(refusal("/dev/zero"), "democtl: --replay: /dev/zero is neither a file nor a pipe\n");
  EXPECT_EQ(refusal("/dev/null"), "democtl: --replay: /dev/null is neither a file nor a pipe\n");
  EXPECT_THAT(refusal(testing::TempDir()), HasSubstr("cannot be read: Is a directory"));
  EXPECT_THAT(refusal("/nonexistent"), HasSubstr("cannot be read: No such file"));
}

TEST_F(ReplayTest, ReadsNoLineWithoutBound) {
  write("{\"generation\": 1}\n");
  ASSERT_EQ(::truncate(path_.c_str(), 200'000'000), 0);  // takes no room on the disk
  EXPECT_EQ(
      refusal(path_),
      fmt::format("democtl: --replay: {}:2: a line of more than 64 MiB is no recorded sample\n", path_));
  write(std::string(20'000, '\n'));
  EXPECT_THAT(refusal(path_), StartsWith(fmt::format("democtl: --replay: {}:10000:", path_)));
}

TEST_F(ReplayTest, TakesLinesOfAnyEndAndLength) {
  const std::string blank(16 * 1024 - 2, ' ');
  for (const std::size_t more : {0U, 1U, 2U, 3U, 40'000U}) {
    write(fmt::format("\n{{{}{}}}\n\n{{\"monotonic_ns\": 1000000000}}", blank, std::string(more, ' ')));
    EXPECT_EQ(democtl({"stats", "--replay", path_, "-o", "csv", "--fields", "req/s"}), 0) << err_;
    EXPECT_EQ(out_, "req/s\n0\n") << more;
  }
}

TEST_F(ReplayTest, ReadsAPipe) {
  ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
  FILE* const both = std::fopen(path_.c_str(), "r+");  // fifo(7): neither end waits for the other
  ASSERT_NE(both, nullptr);
  std::fputs("{}\n{\"monotonic_ns\": 5}\n", both);
  std::fflush(both);
  EXPECT_EQ(democtl({"stats", "--replay", path_, "--count", "1", "-o", "csv", "--fields", "open"}), 0)
      << err_;
  EXPECT_EQ(out_, "open\n0\n");
  std::fclose(both);
}

TEST(ReplayPause, IsThatOfTheRecordingAndAnHourAtMost) {
  using std::chrono::nanoseconds;
  EXPECT_EQ(replay_pause(5, 12), nanoseconds(7));
  EXPECT_EQ(replay_pause(12, 5), nanoseconds(0));
  EXPECT_EQ(replay_pause(0, kMost), std::chrono::hours(1));
  EXPECT_EQ(replay_pause(1, std::uint64_t{1} << 63), std::chrono::hours(1));
}

TEST(HostileFigures, AddUpToTheMostThereIs) {
  api::WorkerFigures figures;
  figures.set_timeouts(kMost);
  figures.set_read_errors(5);
  figures.set_aborts_idle(kMost - 1);
  figures.set_aborts_body(kMost);
  EXPECT_EQ(error_count(figures), kMost);
  EXPECT_EQ(abort_count(figures), kMost);
  api::BackendFigures backend;
  backend.set_retries(kMost);
  backend.set_queue_full(kMost);
  backend.set_connect_errors(kMost);
  EXPECT_EQ(error_count(backend), kMost);
}

TEST(HostileFigures, HavePercentilesOfCountsThatNoIntegerHolds) {
  api::Histogram histogram;
  for (const std::uint64_t bound : {10U, 20U, 30U}) {
    auto& bucket = *histogram.add_buckets();
    bucket.set_upper_bound_ns(bound);
    bucket.set_count(kMost);
  }
  EXPECT_EQ(percentile(histogram, 0.5), 20U);
  EXPECT_EQ(percentile(histogram, 1.0), 30U);
}

// The time of the test ends what takes the square of its length.
TEST(HostileTexts, AreWrappedInTimeThatGrowsWithTheirLength) {
  const std::string words = fmt::format("{:a>{}}", "", 4'000'000);
  EXPECT_EQ(wrap_to_width(words, 10).size(), 400'000U);
}

}  // namespace
}  // namespace demo::ctl
