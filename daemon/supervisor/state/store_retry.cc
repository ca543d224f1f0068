#include "supervisor/state/store_retry.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "supervisor/state/state_store.h"

namespace demo {
namespace {

constexpr unsigned kLongestPauseS = 32;

}  // namespace

StoreRetry::StoreRetry(boost::asio::io_context& loop, std::string directory,
                       std::function<void()> on_writable)
    : directory_(std::move(directory)),
      on_writable_(std::move(on_writable)),
      timer_(loop, [this] { try_writing(); }),
      thread_(loop) {}

void StoreRetry::begin(std::size_t bytes) {
  bytes_ = std::max(bytes_, bytes);
  // After an end() in between the trial under way is to be followed by others all the same.
  if (trying_) pause_s_ = std::max(pause_s_, 1U);
  if (trying_ || timer_.running()) return;
  pause_s_ = std::clamp(2 * pause_s_, 1U, kLongestPauseS);
  timer_.start(std::chrono::seconds(pause_s_));
}

void StoreRetry::end() {
  bytes_ = 0;
  pause_s_ = 0;
  timer_.stop();
}

void StoreRetry::try_writing() {
  trying_ = true;
  thread_.run(
      [this, directory = directory_, bytes = bytes_]() -> SideThread::Then {
        const bool writable = StateStore::try_writing(directory, bytes).has_value();
        return [this, writable] { on_tried(writable); };
      },
      [this](const std::string&) { on_tried(false); });
}

void StoreRetry::on_tried(bool writable) {
  trying_ = false;
  if (writable) {
    on_writable_();
  } else if (pause_s_ > 0) {
    begin(0);
  }
}

}  // namespace demo
