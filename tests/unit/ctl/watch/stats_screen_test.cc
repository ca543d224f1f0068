#include "watch/stats_screen.h"

#include <gtest/gtest.h>

#include "figures/stats_sheets.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

Rates busy_rates(std::uint32_t workers) {
  Rates rates;
  for (std::uint32_t i = 0; i < workers; ++i) {
    WorkerRateRow row{i, i, true, false, {}};
    row.rates = {812, 12'345, 123'456, 20e6, 40e6, 0.5, 0, 98.2, {5500, 1'200'000}, {}};
    rates.workers.push_back(row);
  }
  rates.total = {1624, 24'690, 246'912, 40e6, 80e6, 1, 0, 196.4, {5500, 1'200'000}, {}};
  return rates;
}

std::vector<Section> sections(std::uint32_t workers) {
  const Rates rates = busy_rates(workers);
  return {Section{.sheet = worker_sheet(rates), .row_name = "worker"}};
}

std::string joined(const std::vector<StyledLine>& lines) {
  std::string text;
  for (const StyledLine& line : lines) text += line.text + "\n";
  return text;
}

TEST(StatsScreen, ShowsARowAWorkerInEightyColumns) {
  EXPECT_EQ(joined(stats_screen("title", sections(2), 80, 24)),
            "title\n"
            "\n"
            "WORKER  CORE   OPEN  ACC/S  REQ/S    IN/S   OUT/S  SVC-P50  SVC-P99  ERR/S  CPU%\n"
            "     0     0    812  12.3k   123k  20.0MB  40.0MB    5.5us    1.2ms    0.5    98\n"
            "     1     1    812  12.3k   123k  20.0MB  40.0MB    5.5us    1.2ms    0.5    98\n"
            " total         1624  24.7k   247k  40.0MB  80.0MB    5.5us    1.2ms      1   196\n");
}

TEST(StatsScreen, LeavesRowsOutButNeverTheTotal) {
  const std::vector<StyledLine> lines = stats_screen("title", sections(40), 80, 10);
  ASSERT_EQ(lines.size(), 10U);
  EXPECT_EQ(lines[8].text, "  35 more workers");
  EXPECT_EQ(lines[9].text.substr(0, 6), " total");
  EXPECT_EQ(lines[9].style, Style::kStrong);
}

TEST(StatsScreen, FitsEveryTerminal) {
  for (std::size_t columns = 1; columns < 120; columns += 7) {
    for (std::size_t rows = 1; rows < 40; rows += 3) {
      const std::vector<StyledLine> lines = stats_screen("a title", sections(30), columns, rows);
      EXPECT_LE(lines.size(), rows);
      for (const StyledLine& line : lines) EXPECT_LE(text_width(line.text), columns);
    }
  }
}

TEST(StatsScreen, MarksRowsThatNeedAttention) {
  std::vector<Section> one = sections(3);
  one[0].alert_rows = {1};
  const std::vector<StyledLine> lines = stats_screen("title", one, 80, 24);
  EXPECT_EQ(lines[3].style, Style::kPlain);
  EXPECT_EQ(lines[4].style, Style::kAlert);
}

}  // namespace
}  // namespace demo::ctl
