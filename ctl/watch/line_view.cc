#include <fmt/format.h>

#include <csignal>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "figures/row_selection.h"
#include "figures/stats_sheets.h"
#include "format/csv.h"
#include "format/json.h"
#include "format/text_columns.h"
#include "values/time_text.h"
#include "watch/connection_news.h"
#include "watch/interval_view.h"

namespace demo::ctl {
namespace {

constexpr unsigned kHeadingEvery = 20;  // lines of text

class LineView : public IntervalView {
 public:
  LineView(Invocation& invocation, RowChoice choice) : invocation_(invocation), choice_(std::move(choice)) {}

  void show(const Interval& interval) override {
    silent_ = false;
    if (interval.first && !choice_.counters) return;
    std::ostream& out = invocation_.console().out;
    if (invocation_.prints_json() && choice_.counters && invocation_.settings().fields.empty()) {
      out << line_json(interval.sample) << std::flush;
      return;
    }
    const bool for_people = invocation_.prints_table();
    const google::protobuf::Timestamp& at = interval.sample.at();
    const std::string time = for_people ? local_time(at.seconds()) : utc_time(at.seconds(), at.nanos());
    const std::vector<std::string>& fields = invocation_.settings().fields;
    std::vector<NamedSheet> sheets = selected(
        choice_.counters ? interval_sheets(interval.sample, time) : interval_sheets(interval.rates, time),
        choice_.selection);
    if (for_people && fields.empty() && sheets.front().kind == "total") {
      print_text(out, sheets.front().sheet);
    } else {
      Sheet sheet = sheet_with(sheets, fields);
      if (!fields.empty()) sheet = with_fields(sheet, fields);
      for_people ? print_text(out, sheet) : print_rows(out, sheet);
    }
    out.flush();
    ++lines_;
  }

  void lost(const std::string& source) override { invocation_.console().tell(went_away(source)); }
  void found(const std::string& source) override { invocation_.console().tell(is_back(source)); }
  void silent(std::chrono::seconds time) override {
    if (std::exchange(silent_, true)) return;
    invocation_.console().tell(fmt::format("no sample for {} s", time.count()));
  }
  bool tick(bool suspend_asked) override {
    if (suspend_asked) ::raise(SIGSTOP);
    return true;
  }

 private:
  // On a terminal that cannot draw in place the columns for which there is room.
  void print_text(std::ostream& out, const Sheet& whole) {
    const Console& console = invocation_.console();
    const bool bounded = console.terminal && invocation_.settings().output != Output::kWide;
    const Sheet sheet = bounded ? columns_.fitting(whole, console.columns) : whole;
    if (columns_.make_room(sheet) || lines_ % kHeadingEvery == 0) out << columns_.line(headings(sheet));
    for (const auto& row : sheet.rows) out << columns_.line(row);
  }

  void print_rows(std::ostream& out, const Sheet& sheet) const {
    const bool json = invocation_.prints_json();
    if (!json && lines_ == 0) out << csv_heading(sheet);
    for (const auto& row : sheet.rows) out << (json ? row_json(sheet, row) + '\n' : csv_row(row));
  }

  Invocation& invocation_;
  const RowChoice choice_;
  TextColumns columns_{TextColumns::Shape{}};
  unsigned lines_ = 0;
  bool silent_ = false;  // said so, and no sample since
};

}  // namespace

std::unique_ptr<IntervalView> line_view(Invocation& invocation, RowChoice choice) {
  return std::make_unique<LineView>(invocation, std::move(choice));
}

}  // namespace demo::ctl
