#include "cmd/commands.h"
#include "cmd/mutation.h"
#include "demo/control/v1/settings.pb.h"

namespace demo::ctl {
namespace {

class SetClientLimits : public Mutation<api::SetClientLimitsRequest, api::SetClientLimitsResponse> {
 public:
  SetClientLimits()
      : Mutation(
            {.name = "set-client-limits",
             .chapter = Chapter::kTraffic,
             .summary = "change the time-outs and the number of client connections",
             .examples = {{"set-client-limits --head-timeout 5s", "end slow requests earlier"},
                          {"set-client-limits --max-connections 20000", "connections of all workers"}}}) {
    field_option("--head-timeout", request_, "timeouts.head", "time until the head of a request is there");
    field_option("--body-timeout", request_, "timeouts.body", "time until the next byte of a body is there");
    field_option("--request-timeout", request_, "timeouts.request", "time until a whole request is there");
    field_option("--write-timeout", request_, "timeouts.write",
                 "time until a client takes some of the response");
    field_option("--max-connections", request_, "max_connections",
                 "client connections of all workers together, 0 for as many as descriptors allow");
    change_options();
  }

 protected:
  void check() override {
    if (!request_.has_timeouts() && !request_.has_max_connections()) {
      throw usage_failure("set-client-limits: name what to change");
    }
  }
};

}  // namespace

std::unique_ptr<Command> set_client_limits() { return std::make_unique<SetClientLimits>(); }

}  // namespace demo::ctl
