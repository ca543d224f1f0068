#pragma once

#include "launch/launch.h"
#include "supervisor/start/start_config.h"
#include "supervisor/start/worker_binary.h"
#include "supervisor/supervisor_options.h"

namespace demo {

// The format of the state file, and of configurations that an upgrade carries.
StateFormat state_format();
Result<Config> config_of_json(std::string_view json);

// What the flags say of workers. Error: as worker_user().
Result<WorkerSettings> worker_settings(const Flags& flags, const WorkerBinary& binary);

// What the supervisor is made of. Takes inheritance and store over. Error: what an upgrade carried is no
// configuration.
Result<SupervisorOptions> compose_options(Launch& launch, StartState& state, const WorkerBinary& binary);

}  // namespace demo
