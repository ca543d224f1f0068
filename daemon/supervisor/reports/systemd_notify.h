#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "supervisor/reports/systemd_socket.h"

namespace demo {

// What the service manager is told, in the datagrams of sd_notify(3). Does nothing when systemd (or another
// that set NOTIFY_SOCKET) did not start the process. Never waits, and with it the supervisor's loop: what
// finds no room is owed, and sent again by the next call of any function; the last state and status win.
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
  // The one message that is not sent again: a later one says as much.
  void alive();
  // Sends what is still owed; to be called every second or so.
  void catch_up();

  // How often alive() is due: half of WatchdogSec=. None without a watchdog.
  static std::optional<std::chrono::milliseconds> watchdog_period();

 private:
  void owe(std::string state);
  void owe_status(const std::string& status);

  SystemdSocket manager_;
  bool ready_ = false;
  bool stopping_ = false;
  std::vector<std::string> owed_states_;  // READY=1, RELOADING=1 and READY=1 at most, or STOPPING=1
  std::optional<std::string> owed_status_;
  std::string last_status_;
};

}  // namespace demo
