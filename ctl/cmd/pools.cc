#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "values/duration_text.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

std::string text_of(const google::protobuf::Duration& duration) {
  return format_duration(duration.seconds() * 1'000'000'000 + duration.nanos());
}

std::string health_of(const api::HealthCheck& health) {
  if (health.kind() != api::HEALTH_CHECK_KIND_HTTP && health.kind() != api::HEALTH_CHECK_KIND_TCP)
    return "none";
  const std::string every = " every " + text_of(health.interval());
  return enum_word(health.kind()) + every;
}

std::string ejection_of(const api::Ejection& ejection) {
  if (ejection.consecutive_failures() == 0) return "never";
  return fmt::format("after {}, {} to {}", ejection.consecutive_failures(), text_of(ejection.base_time()),
                     text_of(ejection.max_time()));
}

Sheet sheet_of(const api::ListPoolsResponse& response) {
  Sheet sheet;
  sheet.columns = {{.name = "pool", .names = true},  {"policy"},
                   {"backends", Align::kRight},      {"health"},
                   {"slow-start", Align::kRight, 1}, {"queue-limit", Align::kRight, 1},
                   {"connect", Align::kRight, 2},    {"head", Align::kRight, 2},
                   {"body", Align::kRight, 2},       {"proxy-protocol", Align::kLeft, 3},
                   {"tunnel", Align::kRight, 4},     {"queue", Align::kRight, 4},
                   {"resolve", Align::kRight, 4},    {"abort-on-close", Align::kLeft, 4},
                   {"ejection", Align::kLeft, 4}};
  for (const api::Pool& pool : response.pools()) {
    const api::PoolTimeouts& timeouts = pool.timeouts();
    sheet.rows.push_back(
        {pool.name(), enum_word(pool.policy()), count_cell(static_cast<std::uint64_t>(pool.backends_size())),
         health_of(pool.health()), text_of(pool.slow_start()), count_cell(pool.queue_limit()),
         text_of(timeouts.connect()), text_of(timeouts.head()), text_of(timeouts.body()),
         enum_word(pool.send_proxy_protocol()), text_of(timeouts.tunnel()), text_of(timeouts.queue()),
         text_of(pool.resolve_interval()), pool.abort_on_close() ? "yes" : "no",
         ejection_of(pool.ejection())});
  }
  return sheet;
}

class Pools : public Command {
 public:
  Pools()
      : Command({.name = "pools",
                 .chapter = Chapter::kPools,
                 .summary = "list the pools",
                 .examples = {{"pools", "policy, number of backends and checks of each"},
                              {"pools -o wide", "with time-outs and limits"}},
                 .columns = columns_of(sheet_of(api::ListPoolsResponse()))}) {}

  ExitCode run(Invocation& invocation) override {
    api::ListPoolsResponse response;
    invocation.call(api::ListPoolsRequest(), response);
    invocation.print(sheet_of(response), response, items_of(response.pools()));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> pools() { return std::make_unique<Pools>(); }

}  // namespace demo::ctl
