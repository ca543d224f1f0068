#pragma once

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/reports/event_recorder.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/state_store.h"
#include "supervisor/state/store_retry.h"

namespace demo {

// What the next start runs: the saved state, what it has taken in of flags and file, and a number above those
// of all generations. Writes the three, tells of what could not be written, and tries it again until it is.
// Without a state directory nothing is written. Owns the store; runs on the supervisor's loop, which its
// writes hold up.
class SavedState {
 public:
  // As the start found it.
  struct Start {
    std::optional<StateStore> store;  // unset: nothing is saved
    std::optional<Config> saved;      // unset: nothing was
    // Flags and file as the configuration to start with took them in, and then the saved one; unset: nobody
    // knows.
    std::optional<Config> file_base;
    bool file_base_kept = false;  // the directory has it with the saved state
    std::function<std::string(const Config&)> encode;
  };
  // The last generation that there may have been, as far as anybody knows.
  struct LastGeneration {
    std::uint64_t number = 0;
    std::string doubt;  // why the number is a guess, one sentence; empty: it is none
  };

  // running, events: borrowed. on_change: what problems() says may be another.
  SavedState(boost::asio::io_context& loop, Start start, const RunningState& running, EventRecorder& events,
             std::function<void()> on_change);

  // Both once, before anything else: the last generation, and the configuration that runs first.
  LastGeneration last_generation();
  void begin(const Config& first);
  // What an upgrade passes on of it; the functions below of these names say what is what.
  struct Carried {
    Config lasting;
    std::optional<Config> lasting_base;
    std::optional<Config> running_base;
    bool base_is_shared = true;  // lasting has taken in the same file as what runs
  };
  Carried carried() const { return {lasting_, lasting_base_, running_base_, base_is_shared_}; }
  // Instead of begin().
  void go_on(Carried carried);
  // What runs is another generation.
  void on_commit();
  // No generation will follow.
  void end();

  bool persistent() const { return store_.has_value(); }
  const std::optional<Config>& saved() const { return saved_; }
  // What the next start runs.
  const Config& lasting() const { return lasting_; }
  // Whether the saved state is this one already, beyond doubt.
  bool is_saved(const Config& config) const {
    return saved_ == config && doubt_.empty() && store_ && store_->in_place();
  }
  // As ChangeTarget.
  Result<bool> persist(const Config& next);
  // Why a power loss may undo what was saved last, one sentence; empty: it may not.
  const std::string& doubt() const { return doubt_; }

  // Flags and file as what runs took them in, and as lasting() did; unset: nobody knows.
  const std::optional<Config>& running_base() const { return running_base_; }
  const std::optional<Config>& lasting_base() const { return lasting_base_; }
  // What runs takes this file in; saved: lasting() does as well.
  void take_file(const Config& file, bool saved);

  // What is not kept, and files that could not be used, one sentence each.
  std::vector<std::string> problems() const;

 private:
  // Keeps a number that no generation has had, so that none comes twice, whenever this process dies.
  void reserve_generations(std::uint64_t last);
  // Writes what the saved state took in of the file, if that was not done yet.
  void keep_file_base();
  // Writes what could not be written before, now that the directory takes files again.
  void keep_again();
  // Whether all is kept decides whether it is tried again. bytes: of the last write.
  void look_after_store(std::size_t bytes);
  // Where what is saved is what runs again, it has taken the same file in.
  void share_file_base();
  // Why the next change will not be saved, as far as it can be told before; empty when it will.
  std::string why_not_saved() const;

  std::optional<StateStore> store_;
  std::optional<Config> saved_;
  std::optional<Config> lasting_base_;
  bool base_kept_;
  const std::function<std::string(const Config&)> encode_;
  const RunningState& running_;
  EventRecorder& events_;
  const std::function<void()> on_change_;

  Config lasting_;
  std::optional<Config> running_base_;
  bool base_is_shared_ = true;  // lasting() has taken in the same file as what runs
  std::uint64_t reserved_ = 0;  // the last generation that may be used; without a directory unused
  std::string doubt_;
  std::string failure_;           // why the last save failed; empty: it did not
  std::string generation_doubt_;  // why generations may come again; empty: they do not
  std::string file_base_doubt_;   // why the base of the file is not kept; empty: it is
  StoreRetry retry_;
};

}  // namespace demo
