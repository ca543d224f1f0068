#include "watch/signal_watch.h"

#include <cstddef>
#include <iterator>

namespace demo::ctl {
namespace {

volatile std::sig_atomic_t g_ended = 0;
volatile std::sig_atomic_t g_suspend = 0;

void note(int signal) {
  if (signal == SIGTSTP) {
    g_suspend = 1;
  } else {
    g_ended = 1;
  }
}

}  // namespace

SignalWatch::SignalWatch() {
  g_ended = 0;
  g_suspend = 0;
  struct sigaction action {};
  action.sa_handler = note;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &action, &before_[i]);
}

SignalWatch::~SignalWatch() {
  for (std::size_t i = 0; i < std::size(kSignals); ++i) ::sigaction(kSignals[i], &before_[i], nullptr);
}

bool SignalWatch::ended() const { return g_ended != 0; }

bool SignalWatch::take_suspend() {
  const bool asked = g_suspend != 0;
  g_suspend = 0;
  return asked;
}

}  // namespace demo::ctl
