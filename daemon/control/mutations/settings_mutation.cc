// The changes of what counts for all listeners, pools and backends. A request that changes another setting
// gets its function here, and its line in the table at the end.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/limits.h"
#include "control/messages/request_fields.h"
#include "control/mutations/mutation_table.h"
#include "demo/control/v1/settings.pb.h"

namespace demo {

namespace pb = control::v1;

namespace {

std::string on_off(bool on) { return on ? "on" : "off"; }

// "keepalive off --side client"
std::string keepalive_text(const pb::SetKeepaliveRequest& request) {
  std::string text = "keepalive";
  if (request.has_client()) text += " client";
  if (request.client().has_enabled()) text += " " + on_off(request.client().enabled());
  if (request.has_backend()) text += " backend";
  if (request.backend().has_enabled()) text += " " + on_off(request.backend().enabled());
  return text;
}

// The mode through the field of the Config message, so that it is read as every other accept mode.
Result<AcceptMode> accept_mode_of(const pb::SetAcceptModeRequest& request) {
  if (request.mode() == pb::ACCEPT_MODE_UNSPECIFIED) return missing("mode");
  Listener listener;
  pb::Listener message;
  message.set_accept_mode(request.mode());
  if (!apply_message(message, "", listener)) {
    const std::string value = std::to_string(request.mode());
    return invalid("mode", value, fmt::format("mode is \"{}\": there is no such accept mode", value));
  }
  return *listener.accept_mode;
}

Result<Mutation> settings_mutation(const pb::SetKeepaliveRequest& request) {
  if (!request.has_client() && !request.has_backend()) return missing("client");
  auto client = edit_of<ClientKeepalive>(request.client(), "client", {});
  if (!client) return client.error();
  auto backend = edit_of<BackendKeepalive>(request.backend(), "backend", {});
  if (!backend) return backend.error();
  return Mutation{keepalive_text(request),
                  edit_config([client = *client, backend = *backend](Config& config) {
                    client(config.client_keepalive);
                    backend(config.backend_keepalive);
                  })};
}

Result<Mutation> settings_mutation(const pb::SetAcceptModeRequest& request) {
  if (request.use_default()) {
    if (request.mode() != pb::ACCEPT_MODE_UNSPECIFIED) {
      return invalid("mode", pb::AcceptMode_Name(request.mode()), "mode and use_default exclude each other");
    }
    const Result<Address> address = address_of("listener", request.listener());
    if (!address) return address.error();
    return Mutation{"accept-mode default " + address->to_string(),
                    update_listener(*address, [](Listener& listener) { listener.accept_mode.reset(); })};
  }
  const Result<AcceptMode> mode = accept_mode_of(request);
  if (!mode) return mode.error();
  std::string text = fmt::format("accept-mode {}", to_string(*mode));
  if (request.listener().empty()) {
    return Mutation{std::move(text),
                    edit_config([mode = *mode](Config& config) { config.accept_mode = mode; })};
  }
  const Result<Address> address = address_of("listener", request.listener());
  if (!address) return address.error();
  return Mutation{
      text + " " + address->to_string(),
      update_listener(*address, [mode = *mode](Listener& listener) { listener.accept_mode = mode; })};
}

Result<Mutation> settings_mutation(const pb::SetWorkersRequest& request) {
  const bool range = request.has_count() || request.has_start_core();
  if (!range && !request.automatic() && request.cores().empty()) return missing("count");
  if (range + request.automatic() + !request.cores().empty() > 1) {
    return invalid("cores", "", "cores, automatic, and count with start_core exclude each other");
  }
  if (request.has_count() && request.count() == 0) {
    return invalid("count", "0", fmt::format("count is \"0\": must be from 1 to {}", limits::kWorkers));
  }
  const WorkerPlan wanted{request.has_count() ? std::optional<unsigned>(request.count()) : std::nullopt,
                          request.start_core(),
                          {request.cores().begin(), request.cores().end()}};
  const auto edit = [wanted, keep_start = !request.has_start_core(), range,
                     keep_count = !request.has_count()](Config& config) {
    const WorkerPlan before = config.workers;
    config.workers = wanted;
    if (range && keep_count) config.workers.count = before.count;
    if (range && keep_start) config.workers.start_core = before.start_core;
  };
  std::string text = "set-workers";
  if (request.automatic()) text += " auto";
  if (request.has_count()) text += fmt::format(" {}", request.count());
  if (request.has_start_core()) text += fmt::format(" --start-core {}", request.start_core());
  if (!wanted.cores.empty()) text += fmt::format(" --cores {}", fmt::join(wanted.cores, ","));
  return Mutation{std::move(text), edit_config(edit)};
}

Result<Mutation> settings_mutation(const pb::SetResponseRequest& request) {
  if (!request.has_response() && request.reset_fields().empty()) return missing("response");
  pb::Response update = request.response();
  if (update.has_body() && !update.has_body_size()) update.set_body_size(0);
  auto edit = edit_of<Response>(update, "response", request.reset_fields());
  if (!edit) return edit.error();
  return Mutation{"set-response", edit_config([edit = *edit](Config& config) { edit(config.response); })};
}

Result<Mutation> settings_mutation(const pb::SetForwardingRequest& request) {
  if (!request.has_forwarding()) return missing("forwarding");
  auto edit = edit_of<Forwarding>(request.forwarding(), "forwarding", {});
  if (!edit) return edit.error();
  return Mutation{"set-forwarding", edit_config([edit = *edit](Config& config) { edit(config.forwarding); })};
}

Result<Mutation> settings_mutation(const pb::SetClientLimitsRequest& request) {
  if (!request.has_timeouts() && !request.has_max_connections()) return missing("timeouts");
  auto edit = edit_of<ClientTimeouts>(request.timeouts(), "timeouts", {});
  if (!edit) return edit.error();
  std::optional<std::uint64_t> most;
  if (request.has_max_connections()) most = request.max_connections();
  return Mutation{"set-client-limits", edit_config([edit = *edit, most](Config& config) {
                    edit(config.client_timeouts);
                    if (most) config.max_connections = *most;
                  })};
}

Result<Mutation> settings_mutation(const pb::SetLogLevelRequest& request) {
  if (request.level() == pb::LOG_LEVEL_UNSPECIFIED) return missing("level");
  Config read;
  pb::Config message;
  message.set_log_level(request.level());
  if (!apply_message(message, "", read)) {
    const std::string value = std::to_string(request.level());
    return invalid("level", value, fmt::format("level is \"{}\": there is no such level", value));
  }
  return Mutation{fmt::format("log-level {}", to_string(read.log_level)),
                  edit_config([level = read.log_level](Config& config) { config.log_level = level; })};
}

}  // namespace

void add_settings_mutations(MutationTable& table) {
  table.add<pb::SetKeepaliveRequest>(settings_mutation);
  table.add<pb::SetAcceptModeRequest>(settings_mutation);
  table.add<pb::SetWorkersRequest>(settings_mutation);
  table.add<pb::SetResponseRequest>(settings_mutation);
  table.add<pb::SetForwardingRequest>(settings_mutation);
  table.add<pb::SetClientLimitsRequest>(settings_mutation);
  table.add<pb::SetLogLevelRequest>(settings_mutation);
}

}  // namespace demo
