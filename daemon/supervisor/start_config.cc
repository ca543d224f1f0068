#include "supervisor/start_config.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <utility>

#include "config/config_file.h"
#include "config/validate.h"

namespace demo {
namespace {

// Whether the daemon could run with it here.
Status check_possible(const Config& config, const AvailableCores& cores) {
  for (const auto rules : {validate, validate_forwarding}) {
    if (auto problems = rules(config); !problems.empty()) return problems.front();
  }
  if (auto plan = plan_workers(config.workers, cores); !plan) return plan.error();
  return {};
}

}  // namespace

Result<Config> read_configuration(const Flags& flags, const AvailableCores& cores) {
  Config config;
  if (!flags.config_file.empty()) {
    auto file = load_config_file(flags.config_file);
    if (!file) return file;
    config = std::move(*file);
  }
  config = apply_flags(std::move(config), flags);
  if (auto possible = check_possible(config, cores); !possible) return possible.error();
  return config;
}

Result<StartState> read_state(const Flags& flags, const StateFormat& format) {
  StartState state;
  if (flags.state_dir.empty()) return state;
  auto store = StateStore::open(flags.state_dir);
  if (!store) return store.error();
  state.store.emplace(std::move(*store));
  const auto usable = [&](std::string_view bytes) -> Status {
    auto decoded = format.decode(bytes);
    if (!decoded) return decoded.error();
    if (auto problems = validate(decoded->config); !problems.empty()) return problems.front();
    return {};
  };
  auto loaded = state.store->load(usable);
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
  return state;
}

}  // namespace demo
