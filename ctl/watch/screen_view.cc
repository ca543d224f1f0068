#include <fmt/format.h>

#include <utility>
#include <vector>

#include "figures/stats_sheets.h"
#include "values/time_text.h"
#include "watch/connection_news.h"
#include "watch/interval_view.h"

namespace demo::ctl {
namespace {

std::vector<Section> sections_of(const Interval& interval, bool counters) {
  Section workers{.row_name = "worker"};
  Section listeners{.row_name = "listener"};
  Section backends{.row_name = "backend"};
  workers.sheet = counters ? worker_sheet(interval.sample) : worker_sheet(interval.rates);
  listeners.sheet = counters ? listener_sheet(interval.sample) : listener_sheet(interval.rates);
  backends.sheet = counters ? backend_sheet(interval.sample) : backend_sheet(interval.rates);
  for (std::size_t i = 0; i < interval.rates.workers.size(); ++i) {
    if (!interval.rates.workers[i].alive) workers.alert_rows.push_back(i);
  }
  for (std::size_t i = 0; i < interval.rates.backends.size(); ++i) {
    const BackendRateRow& row = interval.rates.backends[i];
    if (row.ejected > 0 || row.errors > 0) backends.alert_rows.push_back(i);
  }
  std::vector<Section> sections;
  for (Section* section : {&workers, &listeners, &backends}) {
    if (!section->sheet.rows.empty()) sections.push_back(std::move(*section));
  }
  return sections;
}

class ScreenView : public IntervalView {
 public:
  ScreenView(Console& console, bool counters) : console_(console), counters_(counters), screen_(console) {}

  void show(const Interval& interval) override {
    heading_ = fmt::format("demo-server gen {}  {}", interval.sample.generation(),
                           local_time(interval.sample.at().seconds()));
    if (interval.first && !counters_) notice_ = "rates follow";
    if (!interval.first) notice_.clear();
    sections_ = sections_of(interval, counters_);
    redraw();
  }
  void lost(const std::string& source) override {
    notice_ = went_away(source);
    redraw();
  }
  void found(const std::string&) override { notice_.clear(); }
  void silent(std::chrono::seconds time) override {
    notice_ = fmt::format("no sample for {} s", time.count());
    redraw();
  }
  bool tick(bool suspend_asked) override {
    if (suspend_asked) screen_.suspend();
    const std::size_t columns = console_.columns;
    const std::size_t rows = console_.rows;
    refresh_size(console_);
    if (columns != console_.columns || rows != console_.rows) redraw();
    const auto key = screen_.take_key();
    return !key || (*key != 'q' && *key != 'Q');
  }

 private:
  void redraw() {
    const std::string title =
        notice_.empty() ? heading_ + "  q ends" : fmt::format("{}  {}", heading_, notice_);
    screen_.draw(stats_screen(title, sections_, console_.columns, console_.rows));
  }

  Console& console_;
  const bool counters_;
  LiveScreen screen_;
  std::string heading_ = "demo-server";
  std::string notice_;
  std::vector<Section> sections_;
};

}  // namespace

std::unique_ptr<IntervalView> screen_view(Console& console, bool counters) {
  return std::make_unique<ScreenView>(console, counters);
}

}  // namespace demo::ctl
