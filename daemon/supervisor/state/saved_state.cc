// Three files are written, each when what it holds has changed: the state, before the change comes in force;
// what it took in of the configuration file, after the state, so that a crash between the two loses nothing
// (state_store.h); and a reserve of generations, once in so many. What cannot be written stays as a doubt
// that the status shows, and StoreRetry says when to try again.
#include "supervisor/state/saved_state.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <ctime>
#include <utility>

namespace demo {
namespace {

// A file is written once in so many generations; a crash passes over what is left of them.
constexpr std::uint64_t kGenerationsReserved = 1000;

}  // namespace

SavedState::SavedState(boost::asio::io_context& loop, Start start, const RunningState& running,
                       EventRecorder& events, std::function<void()> on_change)
    : store_(std::move(start.store)),
      saved_(std::move(start.saved)),
      lasting_base_(std::move(start.file_base)),
      base_kept_(start.file_base_kept),
      encode_(std::move(start.encode)),
      running_(running),
      events_(events),
      on_change_(std::move(on_change)),
      retry_(loop, store_ ? store_->directory() : "", [this] { keep_again(); }) {}

SavedState::LastGeneration SavedState::last_generation() {
  if (!store_) return {};
  const auto last = store_->last_generation();
  // Seconds are more than there ever were changes: none comes again.
  reserved_ = last ? *last : static_cast<std::uint64_t>(std::time(nullptr));
  return {reserved_, last ? "" : last.error().message};
}

void SavedState::begin(const Config& first) {
  lasting_ = first;
  running_base_ = lasting_base_;
  // Before there is a state, nobody asks for it; with one, it would belong to that.
  if (store_ && !saved_) keep_file_base();
}

void SavedState::go_on(Carried carried) {
  lasting_ = std::move(carried.lasting);
  lasting_base_ = std::move(carried.lasting_base);
  running_base_ = std::move(carried.running_base);
  base_is_shared_ = carried.base_is_shared;
  base_kept_ = false;
  keep_file_base();
}

void SavedState::on_commit() {
  share_file_base();
  if (store_ && running_.generation > reserved_)
    reserve_generations(running_.generation + kGenerationsReserved);
}

void SavedState::end() {
  if (store_) reserve_generations(running_.generation);
}

void SavedState::reserve_generations(std::uint64_t last) {
  const auto kept = store_->keep_generation(last);
  if (kept) reserved_ = last;
  const std::string before =
      std::exchange(generation_doubt_, kept ? "" : "may come again after a restart: " + kept.error().message);
  look_after_store(0);
  if (generation_doubt_ == before) return;
  events_.announce(EventKind::kWarning, kept ? LogLevel::kNotice : LogLevel::kError, "generation",
                   kept ? "is kept again" : generation_doubt_);
}

Result<bool> SavedState::persist(const Config& next) {
  // A directory that took its place has another base, or none.
  if (!store_->in_place()) base_kept_ = false;
  const std::string bytes = encode_(next);
  auto saved = store_->save(bytes);
  failure_ = saved ? "" : saved.error().message;
  if (!saved) {
    look_after_store(bytes.size());
    on_change_();
    return saved.error();
  }
  saved_ = next;
  lasting_ = next;
  doubt_ = std::move(saved->doubt);
  if (!doubt_.empty()) events_.announce(EventKind::kWarning, LogLevel::kError, "state", doubt_);
  look_after_store(bytes.size());
  keep_file_base();
  share_file_base();
  return doubt_.empty();
}

void SavedState::keep_again() {
  if (!failure_.empty() || !doubt_.empty()) {
    // Where nothing was ever saved, the file is what the next start reads: it stays so.
    const auto saved =
        saved_ ? store_->save(encode_(*saved_)) : Result<StateStore::Saved>(StateStore::Saved{});
    failure_ = saved ? "" : saved.error().message;
    if (saved) doubt_ = saved->doubt;
    if (saved && doubt_.empty()) {
      events_.announce(EventKind::kWarning, LogLevel::kNotice, "state", "changes can be saved again");
    }
  }
  if (!generation_doubt_.empty()) reserve_generations(running_.generation);
  if (!file_base_doubt_.empty()) keep_file_base();
  look_after_store(0);
  on_change_();
}

void SavedState::look_after_store(std::size_t bytes) {
  const bool all_kept =
      failure_.empty() && doubt_.empty() && generation_doubt_.empty() && file_base_doubt_.empty();
  if (all_kept) return retry_.end();
  retry_.begin(bytes);
}

void SavedState::take_file(const Config& file, bool saved) {
  running_base_ = file;
  base_is_shared_ = saved;
  if (!saved) return;
  lasting_base_ = file;
  base_kept_ = false;
  keep_file_base();
}

void SavedState::share_file_base() {
  if (base_is_shared_ || lasting_ != running_.config) return;
  take_file(*running_base_, true);
}

void SavedState::keep_file_base() {
  if (!store_ || !lasting_base_ || base_kept_) return;
  const std::string bytes = encode_(*lasting_base_);
  const auto kept = store_->save_file(bytes);
  base_kept_ = kept.has_value();
  const std::string before = std::exchange(
      file_base_doubt_, kept ? "" : "what was taken of it cannot be kept: " + kept.error().message);
  look_after_store(bytes.size());
  if (file_base_doubt_ == before) return;
  events_.announce(EventKind::kWarning, kept ? LogLevel::kNotice : LogLevel::kError, "configuration file",
                   kept ? "what was taken of it is kept again" : file_base_doubt_);
}

std::string SavedState::why_not_saved() const {
  const std::string& directory = store_->directory();
  if (!store_->in_place()) {
    return fmt::format(
        "the state directory {} was moved away, removed or replaced: what was saved is not there", directory);
  }
  if (::faccessat(AT_FDCWD, directory.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return fmt::format("the state directory {} cannot be written: {}", directory, errno_text(errno));
  }
  return failure_.empty() ? "" : "the last change could not be saved and was refused: " + failure_;
}

std::vector<std::string> SavedState::problems() const {
  std::vector<std::string> problems;
  if (!doubt_.empty()) problems.push_back("state: " + doubt_);
  if (!generation_doubt_.empty()) problems.push_back("generation: " + generation_doubt_);
  if (!file_base_doubt_.empty()) problems.push_back("configuration file: " + file_base_doubt_);
  if (!store_) return problems;
  if (std::string why = why_not_saved(); !why.empty()) problems.push_back("state: " + std::move(why));
  for (const StateStore::Damaged& file : store_->damaged()) {
    problems.push_back(fmt::format(
        "{}: remove {} once it is settled",
        file.is_state
            ? "a saved state could not be used and is not in force"
            : "the kept configuration file could not be used, so which changes were made at run time "
              "was not known",
        file.path));
  }
  return problems;
}

}  // namespace demo
