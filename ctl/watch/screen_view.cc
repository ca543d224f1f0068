#include <fmt/format.h>

#include <utility>
#include <vector>

#include "figures/row_selection.h"
#include "figures/stats_sheets.h"
#include "values/time_text.h"
#include "watch/connection_news.h"
#include "watch/interval_view.h"

namespace demo::ctl {
namespace {

std::vector<std::size_t> alert_rows(const std::string& kind, const Rates& rates) {
  std::vector<std::size_t> rows;
  for (std::size_t i = 0; kind == "worker" && i < rates.workers.size(); ++i) {
    if (!rates.workers[i].alive) rows.push_back(i);
  }
  for (std::size_t i = 0; kind == "backend" && i < rates.backends.size(); ++i) {
    if (rates.backends[i].ejected > 0 || rates.backends[i].errors > 0) rows.push_back(i);
  }
  return rows;
}

std::vector<Section> sections_of(const Interval& interval, const RowChoice& choice) {
  std::vector<NamedSheet> sheets =
      choice.counters ? table_sheets(interval.sample) : table_sheets(interval.rates);
  std::vector<Section> sections;
  for (NamedSheet& named : selected(std::move(sheets), choice.selection)) {
    if (named.sheet.rows.empty()) continue;
    Section section{.row_name = named.kind};
    section.sheet = std::move(named.sheet);
    section.alert_rows = alert_rows(named.kind, interval.rates);
    sections.push_back(std::move(section));
  }
  return sections;
}

class ScreenView : public IntervalView {
 public:
  ScreenView(Console& console, RowChoice choice)
      : console_(console), choice_(std::move(choice)), screen_(console) {}

  void show(const Interval& interval) override {
    heading_ = fmt::format("demo-server gen {}  {}", interval.sample.generation(),
                           local_time(interval.sample.at().seconds()));
    if (interval.first && !choice_.counters) notice_ = "rates follow";
    if (!interval.first) notice_.clear();
    sections_ = sections_of(interval, choice_);
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
  const RowChoice choice_;
  LiveScreen screen_;
  std::string heading_ = "demo-server";
  std::string notice_;
  std::vector<Section> sections_;
};

}  // namespace

std::unique_ptr<IntervalView> screen_view(Console& console, RowChoice choice) {
  return std::make_unique<ScreenView>(console, std::move(choice));
}

}  // namespace demo::ctl
