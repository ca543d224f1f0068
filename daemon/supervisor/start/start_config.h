#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "config/config_file.h"
#include "config/config_merge.h"
#include "config/decoded_state.h"
#include "supervisor/start/cpu_plan.h"
#include "supervisor/start/flags.h"
#include "supervisor/state/file_reading.h"
#include "supervisor/state/state_store.h"

namespace demo {

// The state file's format.
struct StateFormat {
  std::function<std::string(const Config&)> encode;
  std::function<Result<DecodedState>(std::string_view)> decode;
};

// What file and flags say, complete and possible on this machine. files: gets the paths of what was read,
// said: what the file says and where; null when nobody wants to know. Error: kInvalidArgument or what reading
// the file says; a sentence, or one a line.
Result<FileReading> read_configuration(const Flags& flags, const AvailableCores& cores,
                                       std::vector<std::string>* files = nullptr, ConfigFile* said = nullptr);

// The same of a text in place of the file, called name in messages. It came from elsewhere, so it may name no
// file of this host.
Result<FileReading> read_configuration_text(const Flags& flags, const AvailableCores& cores,
                                            const std::string& text, const std::string& name);

// Whether a saved state is one that this daemon can start from; and whether it can be read, which is enough
// of the file that it took in.
StateStore::Check usable_state(const StateFormat& format);
StateStore::Check readable_state(const StateFormat& format);

// Where the daemon starts from, and what to tell about it once it runs.
struct StartState {
  std::optional<StateStore> store;  // unset without --state-dir
  std::optional<Config> saved;
  std::optional<Config> file;  // flags and file as that state took them in; unset: nobody knows
  std::string damage;          // a damaged file was set aside; empty when all is well
  std::string warning;         // of a state that is in force all the same: what of it is ignored
};

// What to tell at a start from the saved state of changes in flags and file that are not in force therefore,
// and what to do about it; empty when there are none. file: the path; empty: there are flags alone.
// sets_nothing: as FileReading has it; such a file is not taken unless somebody insists.
std::string tell_unapplied_file(const FileComparison& comparison, const std::string& file,
                                const std::string& state_dir, bool sets_nothing = false);

// Opens the state directory and reads what was saved. A state whose workers do not fit the cores of today is
// a good one, fit_workers(); so is one with backends that would be forwarded to for ever. Error: as
// StateStore::open().
Result<StartState> read_state(const Flags& flags, const StateFormat& format);

}  // namespace demo
