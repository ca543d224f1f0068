#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/decoded_state.h"
#include "supervisor/cpu_plan.h"
#include "supervisor/flags.h"
#include "supervisor/state_store.h"

namespace demo {

// The state file's format.
struct StateFormat {
  std::function<std::string(const Config&)> encode;
  std::function<Result<DecodedState>(std::string_view)> decode;
};

// What file and flags say, complete and possible on this machine. Error: kInvalidArgument or what reading the
// file says; a sentence, or one a line.
Result<Config> read_configuration(const Flags& flags, const AvailableCores& cores);

// Where the daemon starts from, and what to tell about it once it runs.
struct StartState {
  std::optional<StateStore> store;  // unset without --state-dir
  std::optional<Config> saved;
  std::string damage;   // a damaged state was set aside; empty when all is well
  std::string warning;  // of a state that is in force all the same: what of it is ignored
};

// Opens the state directory and reads what was saved. A state whose workers do not fit the cores of today is
// a good one, fit_workers(); so is one with backends that would be forwarded to for ever. Error: as
// StateStore::open().
Result<StartState> read_state(const Flags& flags, const StateFormat& format);

}  // namespace demo
