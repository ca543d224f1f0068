#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "demo/control/v1/monitor.pb.h"
#include "figures/rates.h"
#include "format/sheet.h"
#include "invocation/api.h"
#include "top/key.h"

namespace demo::ctl {

enum class Pane : std::uint8_t { kCores, kListeners, kBackends, kEvents };
inline constexpr std::size_t kPanes = 4;

// A backend that the user pointed at.
struct BackendName {
  std::string pool;
  std::string endpoint;
  bool operator==(const BackendName&) const = default;
};

// What a key asks the outside for.
enum class TopAction : std::uint8_t { kNone, kQuit, kDrain, kReady };

// Everything that democtl top knows and remembers: figures, their past, events, and what the user chose. No
// terminal, no daemon, no clock in here.
class TopModel {
 public:
  explicit TopModel(bool unicode) : unicode_(unicode) {}

  // Of all panes, as their headings name them; some several times.
  static std::vector<std::string> column_names();

  // Ignored while paused, so that the picture stands still.
  void add_rates(const Rates& rates, std::int64_t at_s);
  void add_event(const api::Event& event);
  void set_backends(const api::ListBackendsResponse& backends);
  // A line for the user, until the next key.
  void set_notice(std::string text) { notice_ = std::move(text); }

  TopAction key(Key key);

  // The rows of a pane as the user wants to see them: filtered, sorted; the past of each in so many columns.
  Sheet sheet(Pane pane, std::size_t past_columns = kPastColumnsLeast) const;
  // Index of the chosen row in sheet(pane); always below the number of rows, 0 when there are none.
  std::size_t selected(Pane pane) const;
  // The same when the number of those rows is known already.
  std::size_t selected(Pane pane, std::size_t rows) const;
  // The backend in the chosen row of the backends' pane, while that pane has the keys.
  std::optional<BackendName> selected_backend() const;
  // The backend that the last kDrain or kReady is about.
  const std::optional<BackendName>& target() const { return target_; }

  Pane focus() const { return focus_; }
  std::string title() const;
  std::string footer() const;
  // Whether the keys are shown in place of the panes, until the next one is pressed.
  bool shows_help() const { return shows_help_; }

  static constexpr std::size_t kPast = 60;  // samples of each row that are remembered
  static constexpr std::size_t kPastColumnsLeast = 8;

 private:
  static constexpr std::size_t kEventsShown = 200;

  struct Choice {
    std::size_t selected = 0;
    std::size_t sort_column = 0;  // 0: as it comes; otherwise column index + 1
    bool descending = true;
  };

  using Pasts = std::map<std::string, std::deque<double>>;

  TopAction edit_filter(Key key);
  TopAction command(Key key);
  TopAction letter(char character);
  // What the user answers to the question whether to drain.
  TopAction answer(Key key);
  void move(std::ptrdiff_t by);
  // Under which the past of a row is remembered.
  static std::string key_of(const WorkerRateRow& row);
  static std::string key_of(const ListenerRateRow& row);
  static std::string key_of(const BackendRateRow& row);
  std::string past(const std::string& key, std::size_t columns) const;
  // Which of all_rows(pane) the user wants to see, in the order wanted.
  std::vector<std::size_t> wanted(const Sheet& all, Pane pane) const;
  // A row for each of the figures (or events), in their order.
  Sheet all_rows(Pane pane, std::size_t past_columns = kPastColumnsLeast) const;
  Sheet core_rows(std::size_t past_columns) const;
  Sheet listener_rows(std::size_t past_columns) const;
  Sheet backend_rows(std::size_t past_columns) const;
  Sheet event_rows() const;
  Choice& choice() { return choices_[static_cast<std::size_t>(focus_)]; }
  const Choice& choice(Pane pane) const { return choices_[static_cast<std::size_t>(pane)]; }

  const bool unicode_;
  Rates rates_;
  std::int64_t at_s_ = 0;
  Pasts past_;                     // of the rows that there are now
  std::deque<api::Event> events_;  // newest first
  std::map<std::pair<std::string, std::string>, std::pair<std::string, std::string>>
      backends_;  // state, health

  Pane focus_ = Pane::kCores;
  std::array<Choice, kPanes> choices_{};
  std::string filter_;
  bool editing_filter_ = false;
  bool paused_ = false;
  bool shows_help_ = false;
  std::string notice_;
  std::optional<BackendName> asked_;  // to be drained once the user says so
  std::optional<BackendName> target_;
};

}  // namespace demo::ctl
