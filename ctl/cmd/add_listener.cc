#include <fmt/format.h>

#include <ostream>

#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/topology.pb.h"
#include "format/text_width.h"

namespace demo::ctl {
namespace {

class AddListener : public ChangeCommand<api::AddListenerRequest, api::AddListenerResponse> {
 public:
  AddListener()
      : ChangeCommand(
            {.name = "add-listener",
             .chapter = Chapter::kListeners,
             .summary = "listen on a further address",
             .details =
                 "Every worker accepts on it when the command returns. Port 0 lets the kernel choose; the "
                 "chosen address is printed.",
             .examples = {
                 {"add-listener :81", "answer, or proxy to the pool \"default\" when it has backends"},
                 {"add-listener :81 --pool api --mode proxy", "forward HTTP to the pool \"api\""},
                 {"add-listener :5432 --pool db --mode tcp", "relay bytes to the pool \"db\""},
                 {"add-listener 127.0.0.1:0 --mode raw", "200 OK to any bytes, on a free port"}}}) {
    positional(
        "ADDRESS", "1.2.3.4:80, [::1]:80, [fe80::1%eth0]:80, :80 or unix:/path",
        [this](const std::string& text) { request_.mutable_listener()->set_address(text); },
        "listener.address");
    setting_options(request_, "listener");
    flag("--if-not-exists", "succeed when the address is listened on already",
         [this] { request_.set_if_not_exists(true); });
    change_options();
  }

 protected:
  ExitCode finish(Invocation& invocation, const api::AddListenerResponse& response, ExitCode code) override {
    const std::string& bound = response.bound_address();
    if (!invocation.prints_json() && !bound.empty() && bound != request_.listener().address()) {
      invocation.console().out << fmt::format("listening on {}\n", printable(bound));
    }
    return code;
  }
};

}  // namespace

std::unique_ptr<Command> add_listener() { return std::make_unique<AddListener>(); }

}  // namespace demo::ctl
