#include "supervisor/reports/systemd_notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/clock.h"
#include "base/printable.h"
#include "base/utf8.h"

namespace demo {
namespace {

constexpr std::string_view kReady = "READY=1";
constexpr std::string_view kReloading = "RELOADING=1";

// systemd ignores a message of more than 4096 bytes as a whole, and a status that is not UTF-8.
constexpr std::size_t kStatusBytes = 2048;

std::string status_line(const std::string& status) {
  std::string text = "STATUS=" + printable(status);
  text.resize(whole_characters(text, kStatusBytes));
  return text;
}

}  // namespace

void SystemdNotify::ready(const std::string& status) {
  if (stopping_ || std::exchange(ready_, true)) return;
  owe_status(status);
  owe(std::string(kReady));
}

void SystemdNotify::status(const std::string& status) {
  if (!ready_ || stopping_ || status == last_status_) return;
  owe_status(status);
  catch_up();
}

void SystemdNotify::reloading() {
  if (ready_ && !stopping_) owe(fmt::format("{}\nMONOTONIC_USEC={}", kReloading, monotonic_ns() / 1000));
}

void SystemdNotify::reloaded() {
  if (ready_ && !stopping_) owe(std::string(kReady));
}

void SystemdNotify::stopping() {
  stopping_ = true;
  owed_states_.clear();
  owe_status("Draining");
  owe("STOPPING=1");
}

void SystemdNotify::alive() {
  catch_up();
  manager_.send("WATCHDOG=1");
}

void SystemdNotify::owe_status(const std::string& status) {
  last_status_ = status;
  owed_status_ = status_line(status);
}

void SystemdNotify::owe(std::string state) {
  // A reload that was not told yet is told with the next one.
  if (state.starts_with(kReloading)) {
    const auto earlier = std::find_if(owed_states_.begin(), owed_states_.end(),
                                      [](const std::string& owed) { return owed.starts_with(kReloading); });
    owed_states_.erase(earlier, owed_states_.end());
  }
  owed_states_.push_back(std::move(state));
  catch_up();
}

void SystemdNotify::catch_up() {
  while (!owed_states_.empty() || owed_status_) {
    std::string message = owed_states_.empty() ? "" : owed_states_.front();
    if (owed_status_) message += (message.empty() ? "" : "\n") + *owed_status_;
    if (!manager_.send(message)) return;
    owed_status_.reset();
    if (!owed_states_.empty()) owed_states_.erase(owed_states_.begin());
  }
}

std::optional<std::chrono::milliseconds> SystemdNotify::watchdog_period() {
  std::uint64_t usec = 0;
  if (::sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(usec / 2));
}

}  // namespace demo
