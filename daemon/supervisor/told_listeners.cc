#include "supervisor/told_listeners.h"

#include <string>

namespace demo {

bool ToldListeners::tell_problems() {
  return problems_.update(
      status_.listener_problems(), ToldProblems::Rewording::kTold,
      [this](const std::string& address, const std::string& why) {
        events_.announce(EventKind::kWarning, LogLevel::kWarning, "listener " + address,
                         why + "; tried again each second");
      },
      [this](const std::string& address, const std::string&) {
        events_.announce(EventKind::kWarning, LogLevel::kNotice, "listener " + address, "is well again");
      });
}

void ToldListeners::tell_passed() {
  passed_.update(
      status_.passed_notes(), ToldProblems::Rewording::kTold,
      [this](const std::string& subject, const std::string& note) {
        events_.announce(EventKind::kWarning, LogLevel::kWarning, subject, note);
      },
      [this](const std::string& subject, const std::string& note) {
        events_.announce(EventKind::kWarning, LogLevel::kNotice, subject, "not so any more: " + note);
      });
}

}  // namespace demo
