#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"

namespace demo::ctl {
namespace {

class AddPool : public ChangeCommand<api::AddPoolRequest, api::AddPoolResponse> {
 public:
  AddPool()
      : ChangeCommand(
            {.name = "add-pool",
             .chapter = Chapter::kPools,
             .summary = "make a pool of backends",
             .examples = {{"add-pool api --policy least-connections", "a pool that prefers idle backends"},
                          {"add-pool api --backend 10.0.0.3:80 --backend 10.0.0.4:80 --health http",
                           "a pool with two backends that are checked"}}}) {
    positional(
        "NAME", "1 to 63 letters, digits, '-', '_', '.', the first one a letter or digit",
        [this](const std::string& text) { request_.mutable_pool()->set_name(text); }, "pool.name");
    repeated_option(
        "--backend", "ENDPOINT", "a backend to begin with",
        [this](const std::string& text) { request_.mutable_pool()->add_backends()->set_endpoint(text); },
        "pool.backends.endpoint");
    setting_options(request_, "pool");
    flag("--if-not-exists", "succeed when there is a pool of the name",
         [this] { request_.set_if_not_exists(true); });
    change_options();
  }
};

}  // namespace

std::unique_ptr<Command> add_pool() { return std::make_unique<AddPool>(); }

}  // namespace demo::ctl
