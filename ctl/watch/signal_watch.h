#pragma once

#include <csignal>

namespace demo::ctl {

// While it lives, the signals that end a program (INT, TERM, HUP) and Ctrl-Z are noted instead of acted on,
// so that a loop can restore the terminal first. One at a time; restores the handlers that were there.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  // Whether the program was asked to end.
  bool ended() const;
  // Whether Ctrl-Z was pressed since the last call.
  bool take_suspend();

 private:
  static constexpr int kSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGTSTP};
  struct sigaction before_[4];
};

}  // namespace demo::ctl
