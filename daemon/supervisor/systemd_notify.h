#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace demo {

// What the service manager is told, sd_notify(3). Does nothing when systemd did not start the process.
class SystemdNotify {
 public:
  // Once; the text appears in `systemctl status`.
  void ready(const std::string& status);
  // Only when the text differs from the last one.
  void status(const std::string& status);
  void reloading();
  void reloaded();
  // The last word: what comes later, of a reload say, is not told.
  void stopping();
  void alive();

  // How often alive() is due: half of WatchdogSec=. None without a watchdog.
  static std::optional<std::chrono::milliseconds> watchdog_period();

 private:
  bool ready_ = false;
  bool stopping_ = false;
  std::string last_status_;
};

}  // namespace demo
