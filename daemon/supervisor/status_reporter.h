#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "supervisor/api/supervisor_api.h"
#include "supervisor/handover_keeper.h"
#include "supervisor/listening/listener_places.h"
#include "supervisor/listening/listener_sockets.h"
#include "supervisor/second_report.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/state/running_state.h"
#include "supervisor/state/saved_state.h"
#include "supervisor/traffic_watch.h"
#include "supervisor/upgrade_steps.h"
#include "supervisor/workers/worker_fleet.h"

namespace demo {

// What the supervisor knows of itself, in words: the status and the line for systemd. Changes nothing. Runs
// on the supervisor's loop.
class StatusReporter {
 public:
  // What was settled before the daemon ran.
  struct Start {
    std::string config_source;  // "flags", "file", "state"
    std::string warning;        // what had to be ignored; empty: nothing
    AvailableCores cores;
    std::chrono::milliseconds ack_timeout{0};  // a worker that is behind for longer is in trouble
    std::chrono::system_clock::time_point started;
  };
  // Troubles that others told of, one sentence each; empty: there is none.
  struct Troubles {
    std::map<std::string, std::string> control;  // SupervisorApi::control_trouble(), by subject
    std::string log;                             // why the last SIGUSR1 or SIGHUP opened no log
  };
  // What it reads: borrowed.
  struct Parts {
    const RunningState& running;
    const SavedState& saved;
    const ListenerSockets& sockets;
    const ListenerPlaces& places;
    const WorkerFleet& fleet;
    const TrafficWatch& traffic;
    const SecondReport& second;
    const HandoverKeeper& handover;
    const UpgradeSteps& upgrade;
    const Troubles& troubles;
  };

  StatusReporter(const Parts& parts, Start start);

  StatusReport report() const;
  // "Serving: 2 workers, 1 listener, generation 7", or the first problem.
  std::string line() const;
  // By the listener's address, why it is not reached as it is wanted.
  std::map<std::string, std::string> listener_problems() const;
  // What of the sockets that the service manager passed is not as somebody may expect, by what it is about.
  std::map<std::string, std::string> passed_notes() const;
  // How many workers the configuration in force wants.
  unsigned planned_workers() const;

 private:
  std::vector<WorkerReport> worker_reports() const;
  std::vector<std::string> worker_problems() const;
  std::vector<std::string> confinement_problems() const;
  std::vector<std::string> log_problems() const;
  // Of saved state, control and descriptors.
  std::vector<std::string> other_problems() const;
  void write_listeners(StatusReport& report) const;

  const Parts parts_;
  const Start start_;
};

}  // namespace demo
