#include "top/top_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "figures/backend_text.h"
#include "format/text_width.h"
#include "values/enum_text.h"
#include "values/number_text.h"
#include "values/time_text.h"

namespace demo::ctl {
namespace {

constexpr std::array<const char*, kPanes> kPaneNames{"cores", "listeners", "backends", "events"};

bool holds(const std::vector<Cell>& row, const std::string& text) {
  return std::any_of(row.begin(), row.end(),
                     [&](const Cell& cell) { return cell.text.find(text) != std::string::npos; });
}

}  // namespace

void TopModel::add_rates(const Rates& rates, std::int64_t at_s) {
  if (paused_) return;
  rates_ = rates;
  at_s_ = at_s;
  // What is gone is forgotten.
  const Pasts before = std::exchange(past_, {});
  const auto remember = [&](const std::string& key, double value) {
    const auto known = before.find(key);
    std::deque<double>& values = past_[key];
    if (known != before.end()) values = known->second;
    values.push_back(value);
    if (values.size() > kPast) values.pop_front();
  };
  for (const WorkerRateRow& row : rates.workers) remember(key_of(row), row.rates.requests);
  for (const ListenerRateRow& row : rates.listeners) remember(key_of(row), row.requests);
  for (const BackendRateRow& row : rates.backends) remember(key_of(row), row.requests);
}

std::string TopModel::key_of(const WorkerRateRow& row) { return fmt::format("worker {}", row.worker); }
std::string TopModel::key_of(const ListenerRateRow& row) { return "listener " + row.address; }
std::string TopModel::key_of(const BackendRateRow& row) {
  return fmt::format("backend {} {} {}", row.pool, row.endpoint, row.address);
}

void TopModel::add_event(const api::Event& event) {
  events_.push_front(event);
  if (events_.size() > kEventsShown) events_.pop_back();
  // The chosen event stays chosen, unless it is the newest.
  Choice& events = choices_[static_cast<std::size_t>(Pane::kEvents)];
  if (events.selected > 0) ++events.selected;
}

void TopModel::set_backends(const api::ListBackendsResponse& backends) {
  if (paused_) return;
  backends_.clear();
  for (const api::BackendStatus& status : backends.backends()) {
    backends_[{status.pool(), status.backend().endpoint()}] = {enum_word(status.backend().state()),
                                                               backend_health_text(status)};
  }
}

TopAction TopModel::key(Key key) {
  notice_.clear();
  if (shows_help_) {
    shows_help_ = false;
    return TopAction::kNone;
  }
  if (asked_) return answer(key);
  return editing_filter_ ? edit_filter(key) : command(key);
}

TopAction TopModel::edit_filter(Key key) {
  switch (key.kind) {
    case Key::Kind::kEnter:
      editing_filter_ = false;
      break;
    case Key::Kind::kEscape:
      editing_filter_ = false;
      filter_.clear();
      break;
    case Key::Kind::kBackspace:
      if (!filter_.empty()) filter_.pop_back();
      break;
    case Key::Kind::kCharacter:
      filter_ += key.character;
      break;
    default:
      break;
  }
  return TopAction::kNone;
}

TopAction TopModel::command(Key key) {
  constexpr std::ptrdiff_t kPage = 10;
  constexpr std::ptrdiff_t kFar = 1'000'000;
  const auto turn = [this](std::size_t by) {
    focus_ = static_cast<Pane>((static_cast<std::size_t>(focus_) + by) % kPanes);
  };
  switch (key.kind) {
    case Key::Kind::kUp:
      move(-1);
      break;
    case Key::Kind::kDown:
      move(1);
      break;
    case Key::Kind::kPageUp:
      move(-kPage);
      break;
    case Key::Kind::kPageDown:
      move(kPage);
      break;
    case Key::Kind::kHome:
      move(-kFar);
      break;
    case Key::Kind::kEnd:
      move(kFar);
      break;
    case Key::Kind::kTab:
      turn(1);
      break;
    case Key::Kind::kBackTab:
      turn(kPanes - 1);
      break;
    case Key::Kind::kEscape:
      filter_.clear();
      break;
    case Key::Kind::kEnter:
    case Key::Kind::kBackspace:
      break;
    case Key::Kind::kCharacter:
      return letter(key.character);
  }
  return TopAction::kNone;
}

TopAction TopModel::letter(char character) {
  switch (character) {
    case 'q':
    case 'Q':
      return TopAction::kQuit;
    case 'k':
      move(-1);
      break;
    case 'j':
      move(1);
      break;
    case 's':
      choice().sort_column = (choice().sort_column + 1) % (all_rows(focus_).columns.size() + 1);
      break;
    case 'S':
      choice().descending = !choice().descending;
      break;
    case '/':
      editing_filter_ = true;
      filter_.clear();
      break;
    case 'p':
    case ' ':
      paused_ = !paused_;
      break;
    case '?':
    case 'h':
      shows_help_ = true;
      break;
    case 'd':
      asked_ = selected_backend();
      break;
    case 'r':
      target_ = selected_backend();
      return target_ ? TopAction::kReady : TopAction::kNone;
    default:
      break;
  }
  return TopAction::kNone;
}

// A key beside the one that was meant must not take a backend out of the traffic.
TopAction TopModel::answer(Key key) {
  target_ = std::exchange(asked_, std::nullopt);
  const bool yes = key.kind == Key::Kind::kCharacter && (key.character == 'y' || key.character == 'Y');
  return yes ? TopAction::kDrain : TopAction::kNone;
}

void TopModel::move(std::ptrdiff_t by) {
  const std::size_t rows = sheet(focus_).rows.size();
  const auto now = static_cast<std::ptrdiff_t>(selected(focus_, rows));
  choice().selected = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(now + by, 0, rows == 0 ? 0 : static_cast<std::ptrdiff_t>(rows - 1)));
}

std::vector<std::size_t> TopModel::wanted(const Sheet& all, Pane pane) const {
  std::vector<std::size_t> places(all.rows.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  if (const Choice& chosen = choice(pane); chosen.sort_column > 0) {
    places = row_order(all, all.columns[chosen.sort_column - 1].name + (chosen.descending ? ":desc" : ""));
  }
  if (!filter_.empty())
    std::erase_if(places, [&](std::size_t place) { return !holds(all.rows[place], filter_); });
  return places;
}

Sheet TopModel::sheet(Pane pane, std::size_t past_columns) const {
  Sheet sheet = all_rows(pane, past_columns);
  reorder(sheet, wanted(sheet, pane));
  return sheet;
}

std::size_t TopModel::selected(Pane pane) const { return selected(pane, sheet(pane).rows.size()); }

std::size_t TopModel::selected(Pane pane, std::size_t rows) const {
  return rows == 0 ? 0 : std::min(choice(pane).selected, rows - 1);
}

std::optional<BackendName> TopModel::selected_backend() const {
  if (focus_ != Pane::kBackends) return std::nullopt;
  const std::vector<std::size_t> places = wanted(all_rows(Pane::kBackends), Pane::kBackends);
  if (places.empty()) return std::nullopt;
  // A row of the pane cannot show every name as it is.
  const BackendRateRow& row = rates_.backends[places[selected(Pane::kBackends, places.size())]];
  return BackendName{row.pool, row.endpoint};
}

std::string TopModel::title() const {
  std::string text =
      fmt::format("demo-server gen {}  {}  {} req/s  {} open  {} err/s  cpu {}%", rates_.generation,
                  local_time(at_s_), short_number(rates_.total.requests), short_number(rates_.total.open),
                  short_number(rates_.total.errors), short_percent(rates_.total.cpu_percent));
  if (paused_) text += "  PAUSED";
  return text;
}

std::string TopModel::footer() const {
  if (editing_filter_) return fmt::format("filter: {}_  enter keeps it, esc clears it", filter_);
  if (asked_) {
    return fmt::format("drain {} of {}? y: yes, any other key: no", printable(asked_->endpoint),
                       printable(asked_->pool));
  }
  if (!notice_.empty()) return notice_;
  if (shows_help_) return "any key goes back";
  const std::string drains = focus_ == Pane::kBackends ? "  d drain  r ready" : "";
  std::string text = fmt::format("q quit  ? help  tab pane  s sort  S turn  / filter  p pause{}", drains);
  const Choice& chosen = choice(focus_);
  if (chosen.sort_column > 0) {
    text += fmt::format("  [{} by {}]", kPaneNames[static_cast<std::size_t>(focus_)],
                        all_rows(focus_).columns[chosen.sort_column - 1].name);
  }
  if (!filter_.empty()) text += fmt::format("  [filter {}]", filter_);
  return text;
}

}  // namespace demo::ctl
