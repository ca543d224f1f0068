#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "control/calls/timer_thread.h"
#include "control/tls/certificate_set.h"
#include "control/tls/control_tcp_options.h"
#include "supervisor/api/supervisor_api.h"

namespace demo {

// Reads the certificates of control over TCP again and again, on a thread of its own, and keeps the last set
// that was right: a renewal in several steps, a file that is broken or gone, change nothing but the status.
// Tells the supervisor of the trouble and its end, and of each set that it takes over.
class CertificateWatch {
 public:
  // good: what the files held when they were checked. supervisor outlives the object.
  CertificateWatch(ControlTcpOptions files, CertificateSet good, SupervisorApi& supervisor);

  // The set in force, when that is not what the last call gave; else null. Thread-safe.
  std::shared_ptr<const CertificateSet> take_new();

 private:
  void look();

  const ControlTcpOptions files_;
  SupervisorApi& supervisor_;
  CertificateSet good_;  // of the thread alone
  std::string trouble_;  // as it was told; empty: there is none
  std::mutex mutex_;
  std::shared_ptr<const CertificateSet> fresh_;  // null: was taken
  TimerThread timer_;                            // last: its thread uses the rest
};

}  // namespace demo
