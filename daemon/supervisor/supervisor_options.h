#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "base/result.h"
#include "config/config.h"
#include "demo/internal/v1/run_state.pb.h"
#include "supervisor/handover/inheritance.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/state/config_reader.h"
#include "supervisor/state/state_store.h"
#include "supervisor/upgrade/fallback.h"
#include "supervisor/upgrade/program.h"
#include "supervisor/workers/worker_slot.h"

namespace demo {

// What a supervisor is made of besides the configuration that it starts with.
struct SupervisorOptions {
  Config config;              // to start with: what file and flags say, or what was saved
  Config file_config;         // what file and flags say
  std::string config_file;    // path of the file; empty: there are flags alone
  std::string config_source;  // "flags", "file", "state"
  // File and flags once more, and a text in place of the file.
  ConfigReader::Read read_file;
  ConfigReader::ReadText read_text;
  std::function<Status()> reopen_log;
  // Where changes are saved; unset: nowhere.
  std::optional<StateStore> store;
  std::optional<Config> saved_config;
  // File and flags as the configuration to start with took them in, and then the saved one; unset: nobody
  // knows.
  std::optional<Config> file_base;
  bool file_base_kept = false;  // the state directory has it with the saved state
  std::function<std::string(const Config&)> encode;
  std::function<Result<Config>(std::string_view)> decode;  // what encode wrote
  std::string start_warning;  // what the start had to ignore, for the status; empty: nothing
  AvailableCores cores;
  WorkerSettings workers;
  std::chrono::milliseconds ack_timeout = limits::kChangeAckTimeout;
  bool verbose = false;  // -v
  // What a supervisor before this one left, and how many descriptors the service manager keeps for the next.
  Inheritance inheritance;
  std::size_t descriptor_store = 0;
  // Of the version of this program that executed this one; unset: this process was started.
  std::optional<internal::v1::RunState> run_state;
  std::string refusal;  // why the version after this one could not take its place; empty: none tried
  std::chrono::system_clock::time_point started = std::chrono::system_clock::now();
  // For upgrades of this process: what it is, and the way back while it has not served.
  std::string version;
  Program program;
  Fallback* way_back = nullptr;  // borrowed; null: there is none
};

}  // namespace demo
