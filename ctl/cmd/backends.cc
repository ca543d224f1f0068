#include <fmt/format.h>

#include <algorithm>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

// "up", "down: connect refused", "1/3 up", "no address": what the active checks found.
std::string health_of(const api::BackendStatus& backend) {
  const auto& members = backend.members();
  if (members.empty()) return "no address";
  const auto up =
      std::count_if(members.begin(), members.end(), [](const api::BackendMember& m) { return m.up(); });
  if (up == members.size()) return "up";
  if (up > 0) return fmt::format("{}/{} up", up, members.size());
  const std::string& reason = members[0].reason();
  return reason.empty() ? "down" : "down: " + printable(reason);
}

std::string addresses_of(const api::BackendStatus& backend) {
  std::string text;
  for (const api::BackendMember& member : backend.members())
    text += (text.empty() ? "" : ",") + member.address();
  return text.empty() ? "-" : text;
}

Sheet sheet_of(const api::ListBackendsResponse& response) {
  Sheet sheet;
  sheet.columns = {{"pool"},
                   {"endpoint"},
                   {"state"},
                   {"health"},
                   {"weight", Align::kRight},
                   {"max-connections", Align::kRight, 1},
                   {"backup", Align::kLeft, 1},
                   {"addresses", Align::kLeft, 2}};
  for (const api::BackendStatus& status : response.backends()) {
    const api::Backend& backend = status.backend();
    sheet.rows.push_back({status.pool(), backend.endpoint(), enum_word(backend.state()), health_of(status),
                          count_cell(backend.weight()), count_cell(backend.max_connections()),
                          backend.backup() ? "yes" : "no", addresses_of(status)});
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
                              {"backends -o csv --fields endpoint,health", "two columns for a script"}}}) {
    field_option("--pool", request_, "pool", "this pool alone", "POOL");
  }

  ExitCode run(Session& session) override {
    api::ListBackendsResponse response;
    session.call(request_, response);
    session.print(sheet_of(response), response, items_of(response.backends()));
    return ExitCode::kDone;
  }

 private:
  api::ListBackendsRequest request_;
};

}  // namespace

std::unique_ptr<Command> backends() { return std::make_unique<Backends>(); }

}  // namespace demo::ctl
