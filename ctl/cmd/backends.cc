#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "figures/backend_text.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

std::string addresses_of(const api::BackendStatus& backend) {
  std::string text;
  for (const api::BackendMember& member : backend.members())
    text += (text.empty() ? "" : ",") + member.address();
  return text;
}

Sheet sheet_of(const api::ListBackendsResponse& response) {
  Sheet sheet;
  sheet.columns = {{.name = "pool", .names = true}, {.name = "endpoint", .names = true},
                   {"state", Align::kLeft, 1},      {"health"},
                   {"weight", Align::kRight, 2},    {"max-connections", Align::kRight, 3},
                   {"backup", Align::kLeft, 3},     {"addresses", Align::kLeft, 4}};
  for (const api::BackendStatus& status : response.backends()) {
    const api::Backend& backend = status.backend();
    sheet.rows.push_back({status.pool(), backend.endpoint(), enum_word(backend.state()),
                          backend_health_text(status), count_cell(backend.weight()),
                          count_cell(backend.max_connections()), backend.backup() ? "yes" : "no",
                          optional_cell(addresses_of(status))});
  }
  return sheet;
}

class Backends : public Command {
 public:
  Backends()
      : Command({.name = "backends",
                 .chapter = Chapter::kBackends,
                 .summary = "list the backends with their state and health",
                 .examples = {{"backends", "all pools"},
                              {"backends --pool api -o wide", "one pool, with the addresses of names"},
                              {"backends -o csv --fields endpoint,health", "two columns for a script"},
                              {"backends -o jsonl | jq -r 'select(.usable | not) | .backend.endpoint'",
                               "those that take no requests"}},
                 .columns = columns_of(sheet_of(api::ListBackendsResponse()))}) {
    field_option("--pool", request_, "pool", "this pool alone", "POOL");
  }

  ExitCode run(Invocation& invocation) override {
    api::ListBackendsResponse response;
    invocation.call(request_, response);
    invocation.print(sheet_of(response), response, items_of(response.backends()));
    return ExitCode::kDone;
  }

 private:
  api::ListBackendsRequest request_;
};

}  // namespace

std::unique_ptr<Command> backends() { return std::make_unique<Backends>(); }

}  // namespace demo::ctl
