#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"

namespace demo::ctl {
namespace {

class AddBackend : public ChangeCommand<api::AddBackendRequest, api::AddBackendResponse> {
 public:
  AddBackend()
      : ChangeCommand(
            {.name = "add-backend",
             .chapter = Chapter::kBackends,
             .summary = "add a backend to a pool",
             .details =
                 "The pool is made if there is none of the name. A listener of mode auto proxies as soon "
                 "as its pool has a backend, and goes on, with 503, when the last one is removed: only "
                 "set-listener --mode server lets it answer by itself again.",
             .examples = {{"add-backend 10.0.0.3:80", "forward to 10.0.0.3, in the pool \"default\""},
                          {"add-backend api.internal:8080 --pool api --weight 10",
                           "forward to every address of a name, looked up again and again"},
                          {"add-backend unix:/run/app.sock --backup on",
                           "forward to a unix socket when no other backend is usable"}}}) {
    positional(
        "ENDPOINT",
        "an address (10.0.0.3:80, [::1]:80, unix:/path; :80 is 127.0.0.1:80) or a name with "
        "a port",
        [this](const std::string& text) { request_.mutable_backend()->set_endpoint(text); },
        "backend.endpoint");
    field_option("--pool", request_, "pool", "the pool (default \"default\")", "POOL");
    setting_options(request_, "backend");
    flag("--if-not-exists", "succeed when the pool has it already",
         [this] { request_.set_if_not_exists(true); });
    change_options();
  }
};

}  // namespace

std::unique_ptr<Command> add_backend() { return std::make_unique<AddBackend>(); }

}  // namespace demo::ctl
