#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/cpu_plan.h"
#include "supervisor/flags.h"
#include "supervisor/state_store.h"

namespace demo {

// The state file's format.
struct StateFormat {
  std::function<std::string(const Config&)> encode;
  std::function<Result<Config>(std::string_view)> decode;
};

// What file and flags say, complete and possible on this machine. Error: kInvalidArgument or what reading the
// file says; a sentence, or one a line.
Result<Config> read_configuration(const Flags& flags, const AvailableCores& cores);

// Where the daemon starts from, and what to tell about it once it runs.
struct StartState {
  std::optional<StateStore> store;  // unset without --state-dir
  std::optional<Config> saved;
  std::string warning;  // a damaged state was set aside; empty when all is well
};

// Opens the state directory and reads what was saved. Error: as StateStore::open().
Result<StartState> read_state(const Flags& flags, const AvailableCores& cores, const StateFormat& format);

}  // namespace demo
