#include "control/messages/config_json.h"

#include <utility>

#include "control/messages/auto_decisions.h"
#include "control/messages/translate.h"
#include "demo/control/v1/config.pb.h"
#include "json/read_message.h"
#include "json/write_message.h"

namespace demo {

std::string config_to_json(const Config& config) {
  control::v1::Config message;
  to_message(config, message);
  write_auto_decisions(config, message);
  return json::write_message(message, json::Layout::kIndented) + '\n';
}

Result<DecodedState> state_from_json(std::string_view json) {
  control::v1::Config message;
  json::Reading reading = json::read_message(json, message, {.unknown = json::Unknown::kLeftOut});
  if (!reading.problems.empty()) {
    return invalid("", "", "not a configuration in JSON: " + reading.problems.front().text());
  }
  DecodedState state{{}, std::move(reading.unknown)};
  if (const Status applied = apply_message(message, "", state.config); !applied) return applied.error();
  read_auto_decisions(message, state.config);
  if (WorkerPlan& workers = state.config.workers; !workers.cores.empty()) {
    // Earlier versions kept the other two, which counted for nothing.
    workers.count.reset();
    workers.start_core = 0;
  }
  return state;
}

}  // namespace demo
