#include <fmt/format.h>

#include "cmd/commands.h"
#include "cmd/listing.h"
#include "demo/control/v1/monitor.pb.h"
#include "values/enum_text.h"

namespace demo::ctl {
namespace {

// "50000", "on", "eth0"
std::string value_text(const google::protobuf::Value& value) {
  switch (value.kind_case()) {
    case google::protobuf::Value::kNumberValue:
      return fmt::to_string(value.number_value());
    case google::protobuf::Value::kBoolValue:
      return value.bool_value() ? "on" : "off";
    default:
      return value.string_value();
  }
}

// "busy_poll=50000" of what is in force, "busy_poll refused" of what is not.
std::string options_text(const api::ListenerStatus& listener) {
  std::string text;
  for (const api::SocketOption& option : listener.options()) {
    if (!text.empty()) text += ", ";
    text += option.error().empty() ? option.name() + "=" + value_text(option.effective())
                                   : option.name() + " refused";
  }
  return text;
}

// "tcp", and of mode auto what it does now: "auto (proxy)".
std::string mode_text(const api::Listener& listener) {
  const std::string mode = enum_word(listener.mode());
  if (!listener.has_auto_forwards()) return mode;
  return mode + (listener.auto_forwards() ? " (proxy)" : " (server)");
}

Sheet sheet_of(const api::ListListenersResponse& response) {
  Sheet sheet;
  sheet.columns = {{.name = "address", .names = true},  {"bound", Align::kLeft, 3},  {"mode"},
                   {"pool", Align::kLeft, 1},           {"accept", Align::kLeft, 2}, {"state"},
                   {"proxy-protocol", Align::kLeft, 4}, {"options", Align::kLeft, 5}};
  for (const api::ListenerStatus& status : response.listeners()) {
    const api::Listener& listener = status.listener();
    sheet.rows.push_back(
        {listener.address(), status.bound_address(), mode_text(listener), listener.pool(),
         enum_word(status.accept_mode()), status.problem().empty() ? "good" : status.problem(),
         listener.accept_proxy_protocol() ? "yes" : "no", optional_cell(options_text(status))});
  }
  return sheet;
}

class Listeners : public Command {
 public:
  Listeners()
      : Command(
            {.name = "listeners",
             .chapter = Chapter::kListeners,
             .summary = "list the listeners, as asked for and as they are",
             .details = "A wide list tells which socket options the kernel took and which it refused.",
             .examples = {{"listeners", "address, mode, pool and accept mode of each"},
                          {"listeners -o wide", "with what the kernel made of the socket options"},
                          {"listeners -o json", "everything, for a program"},
                          {"listeners -o json | jq -r '.listeners[] | select(.accept_mode == \"reuseport\") "
                           "| .bound_address'",
                           "where a mode is in force"}},
             .columns = columns_of(sheet_of(api::ListListenersResponse()))}) {}

  ExitCode run(Invocation& invocation) override {
    api::ListListenersResponse response;
    invocation.call(api::ListListenersRequest(), response);
    invocation.print(sheet_of(response), response, items_of(response.listeners()));
    return ExitCode::kDone;
  }
};

}  // namespace

std::unique_ptr<Command> listeners() { return std::make_unique<Listeners>(); }

}  // namespace demo::ctl
