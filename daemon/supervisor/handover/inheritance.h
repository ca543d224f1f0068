#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/named_fds.h"
#include "base/shared_fd.h"
#include "base/unique_fd.h"
#include "demo/internal/v1/handover.pb.h"
#include "demo/internal/v1/run_state.pb.h"
#include "supervisor/handover/surviving_text.h"

namespace demo {

// What a supervisor that is gone left to this one: its descriptors, and what it wrote down about them. Empty
// for the first one.
struct Inheritance {
  internal::v1::Handover handover;
  internal::v1::Places places;
  std::optional<SurvivingText> handover_text;  // that handover was read from, to be written on
  std::optional<SurvivingText> places_text;
  UniqueFd stats;  // a StatsArea; and a QuotaArea with its bells
  UniqueFd quota;
  std::vector<UniqueFd> bells;
  std::map<std::uint64_t, SharedFd> sockets;  // by their numbers
  std::map<std::uint64_t, UniqueFd> channels;
  std::map<std::uint64_t, UniqueFd> processes;  // pidfd_open(2), by the numbers of their channels
  std::set<std::string> names;                  // of all of these
  std::set<std::string> held;                   // what the service manager holds, of those and diagnosis
  std::set<std::string> useless;                // of another build, or damaged
  // kDiagnosisSocketName: no supervisor's before, and so none of the names.
  UniqueFd diagnosis;
  // What the service manager passed under other names, as from a socket unit (systemd.socket(5)).
  std::vector<std::pair<std::string, UniqueFd>> passed;

  bool of_program = false;  // a program that executed this one passed it; else the service manager
  // Of a program that executed this one in its place.
  std::optional<internal::v1::RunState> run_state;
  // Of this version, when it executed another one that has executed it again: why, and its worker's program,
  // since another one may lie in its place.
  std::optional<std::string> refusal;
  UniqueFd worker_program;
  NamedFds api;  // of a version before: what it listened with for its API

  // Whether there was a supervisor before.
  bool any() const { return !names.empty(); }
  // Whether this version goes on because the next one could not.
  bool came_back() const { return refusal.has_value() && run_state.has_value(); }
};

// Names of descriptors in the manager's store.
inline constexpr const char* kStatsName = "stats";
inline constexpr const char* kQuotaName = "quota";
inline constexpr const char* kHandoverName = "table";
inline constexpr const char* kPlacesName = "places";
// The same of what is passed on by an exec alone.
inline constexpr const char* kRunStateName = "run-state";
inline constexpr const char* kProgramName = "program";
inline constexpr const char* kWorkerProgramName = "worker-program";
inline constexpr const char* kRefusalName = "refusal";
std::string name_of_bell(std::size_t number);
bool is_name_of_bell(std::string_view name);
std::string name_of_socket(std::uint64_t number);
std::string name_of_channel(std::uint64_t number);
std::string name_of_process(std::uint64_t number);

// Takes what was passed to this process, by a program before or by the service manager (sd_listen_fds(3)),
// out of the environment, so that no child takes it for its own. Call once, before any thread starts.
Inheritance read_inheritance();

}  // namespace demo
