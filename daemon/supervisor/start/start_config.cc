#include "supervisor/start/start_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "base/counted.h"
#include "config/config_file.h"
#include "config/validate.h"

namespace demo {
namespace {

// Whether the daemon could run with it here.
Status check_possible(const Config& config, const AvailableCores& cores) {
  if (auto problems = validate(config); !problems.empty()) return problems.front();
  if (auto problems = validate_forwarding(config); !problems.empty()) return problems.front();
  if (auto plan = plan_workers(config.workers, cores); !plan) return plan.error();
  return {};
}

Result<FileReading> complete(Result<ConfigFile> file, const Flags& flags, const AvailableCores& cores) {
  if (!file) return file.error();
  Config config = apply_flags(file->config, flags, file->listens_nowhere);
  auto possible = check_possible(config, cores);
  if (possible) return FileReading{std::move(config), file->sets_nothing};
  Error told = in_typed_words(possible.error(), flags);
  return told.field == possible.error().field ? in_file(*file, std::move(told)) : told;
}

// Why what file the saved state took in cannot be read; empty when it can, there is none, or it was set
// aside.
std::string read_kept_file(StateStore& store, const StateFormat& format, StartState& state) {
  auto loaded = store.load_file(readable_state(format));
  if (!loaded) return loaded.error().message;
  if (loaded->bytes) state.file = format.decode(*loaded->bytes)->config;
  state.damage = loaded->damage;
  return "";
}

}  // namespace

Result<FileReading> read_configuration(const Flags& flags, const AvailableCores& cores,
                                       std::vector<std::string>* files, ConfigFile* said) {
  if (flags.config_file.empty()) return complete(ConfigFile(), flags, cores);
  auto file = load_config_file(flags.config_file, files);
  if (file && said != nullptr) *said = *file;
  return complete(std::move(file), flags, cores);
}

Result<FileReading> read_configuration_text(const Flags& flags, const AvailableCores& cores,
                                            const std::string& text, const std::string& name) {
  const auto read_nothing = [](const std::string&) -> Result<std::string> {
    return invalid("", "", "files are read on the daemon's host only: name none in a text that is sent");
  };
  return complete(load_config_text(text, name, read_nothing), flags, cores);
}

std::string tell_unapplied_file(const FileComparison& comparison, const std::string& file,
                                const std::string& state_dir, bool sets_nothing) {
  if (comparison.equal || (comparison.base_known && comparison.file_changes == 0)) return "";
  if (sets_nothing) {
    return fmt::format(
        "{} sets nothing, as a file that was emptied by mistake, and is not in force, because the saved "
        "state "
        "in {} is: restore the file, or go back to what it is now by democtl config reset --allow-empty "
        "(demo-server --ignore-state starts from it)",
        file, state_dir);
  }
  const std::string name = file.empty() ? "the flags" : file + " or the flags";
  const std::string way_out =
      "democtl config apply-file takes what changed there and keeps what was changed at run time, democtl "
      "config reset goes back to it (demo-server --ignore-state starts from it)";
  if (!comparison.base_known) {
    return fmt::format(
        "{} differ in {} from the saved state in {}, which is in force; which of them were "
        "edited since is not known: {}",
        name, counted(comparison.differences, "value"), state_dir, way_out);
  }
  return fmt::format(
      "{} were edited since they were last read, and {} of their changes {} not in force, because "
      "the saved state in {} is: {}",
      name, comparison.file_changes, comparison.file_changes == 1 ? "is" : "are", state_dir, way_out);
}

StateStore::Check usable_state(const StateFormat& format) {
  return [decode = format.decode](std::string_view bytes) -> Status {
    auto decoded = decode(bytes);
    if (!decoded) return decoded.error();
    if (auto problems = validate(decoded->config); !problems.empty()) return problems.front();
    return {};
  };
}

StateStore::Check readable_state(const StateFormat& format) {
  return [decode = format.decode](std::string_view bytes) -> Status {
    auto decoded = decode(bytes);
    if (!decoded) return decoded.error();
    return {};
  };
}

Result<StartState> read_state(const Flags& flags, const StateFormat& format) {
  StartState state;
  if (flags.state_dir.empty()) return state;
  auto store = StateStore::open(flags.state_dir);
  if (!store) return store.error();
  state.store.emplace(std::move(*store));
  auto loaded = state.store->load(usable_state(format));
  if (!loaded) return loaded.error();
  state.damage = loaded->damage;
  if (!loaded->bytes) return state;
  DecodedState decoded = *format.decode(*loaded->bytes);
  state.saved = std::move(decoded.config);
  if (!decoded.unknown.empty()) {
    state.warning = fmt::format(
        "the saved state in {} has fields of another version, which are ignored and not saved again: {}",
        flags.state_dir, fmt::join(decoded.unknown, ", "));
  }
  if (std::string why = read_kept_file(*state.store, format, state); !why.empty()) {
    state.warning += (state.warning.empty() ? "" : "; ") + why;
  }
  return state;
}

}  // namespace demo
