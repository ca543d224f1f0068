#pragma once

#include "supervisor/reports/event_recorder.h"
#include "supervisor/reports/told_problems.h"
#include "supervisor/status_reporter.h"

namespace demo {

// What is wrong with listeners, told once each in log and events when it begins and when it is over. Runs on
// the supervisor's loop.
class ToldListeners {
 public:
  ToldListeners(const StatusReporter& status, EventRecorder& events) : status_(status), events_(events) {}

  // Why some are not reached as they are wanted. Whether that has changed.
  bool tell_problems();
  // What of the sockets that the service manager passed is not as somebody may expect.
  void tell_passed();

 private:
  const StatusReporter& status_;
  EventRecorder& events_;
  ToldProblems problems_;
  ToldProblems passed_;
};

}  // namespace demo
