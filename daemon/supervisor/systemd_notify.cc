#include "supervisor/systemd_notify.h"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cstdint>
#include <utility>

#include "base/clock.h"
#include "base/printable.h"

namespace demo {

void SystemdNotify::ready(const std::string& status) {
  if (stopping_ || std::exchange(ready_, true)) return;
  last_status_ = status;
  ::sd_notify(0, fmt::format("READY=1\nSTATUS={}", printable(status)).c_str());
}

void SystemdNotify::status(const std::string& status) {
  if (!ready_ || stopping_ || status == last_status_) return;
  last_status_ = status;
  ::sd_notify(0, fmt::format("STATUS={}", printable(status)).c_str());
}

void SystemdNotify::reloading() {
  if (ready_ && !stopping_)
    ::sd_notify(0, fmt::format("RELOADING=1\nMONOTONIC_USEC={}", monotonic_ns() / 1000).c_str());
}

void SystemdNotify::reloaded() {
  if (ready_ && !stopping_) ::sd_notify(0, "READY=1");
}

void SystemdNotify::stopping() {
  stopping_ = true;
  ::sd_notify(0, "STOPPING=1\nSTATUS=Draining");
}

void SystemdNotify::alive() { ::sd_notify(0, "WATCHDOG=1"); }

std::optional<std::chrono::milliseconds> SystemdNotify::watchdog_period() {
  std::uint64_t usec = 0;
  if (::sd_watchdog_enabled(0, &usec) <= 0) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(usec / 2));
}

}  // namespace demo
