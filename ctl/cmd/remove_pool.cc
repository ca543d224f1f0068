#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"

namespace demo::ctl {
namespace {

class RemovePool : public ChangeCommand<api::RemovePoolRequest, api::RemovePoolResponse> {
 public:
  RemovePool()
      : ChangeCommand({.name = "remove-pool",
                       .chapter = Chapter::kPools,
                       .summary = "remove a pool that no listener needs",
                       .examples = {{"remove-pool api", "the pool and its backends are gone"}}}) {
    positional(
        "POOL", "the name", [this](const std::string& text) { request_.set_name(text); }, "name");
    flag("--ignore-missing", "succeed when there is no such pool",
         [this] { request_.set_ignore_missing(true); });
    change_options();
  }
};

}  // namespace

std::unique_ptr<Command> remove_pool() { return std::make_unique<RemovePool>(); }

}  // namespace demo::ctl
