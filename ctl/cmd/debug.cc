#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "values/enum_text.h"
#include "values/field_value.h"
#include "values/switch_word.h"

namespace demo::ctl {
namespace {

class Debug : public ChangeCommand<api::SetLogLevelRequest, api::SetLogLevelResponse> {
 public:
  Debug()
      : ChangeCommand({.name = "debug",
                       .chapter = Chapter::kWorkers,
                       .summary = "turn debug messages on or off, or choose a log level",
                       .details =
                           "off is level info. At level debug the log tells the life of each client "
                           "connection, its requests and the backends that are chosen for them, by a number "
                           "of its own.",
                       .examples = {{"debug on", "log everything"},
                                    {"debug off", "log what an operator wants to know"},
                                    {"debug warning", "log problems alone"}}}) {
    positional("on|off|" + field_placeholder(request_, "level"), "on, off or a level",
               [this](const std::string& text) {
                 if (const auto on = parse_switch(text)) {
                   request_.set_level(*on ? api::LOG_LEVEL_DEBUG : api::LOG_LEVEL_INFO);
                 } else {
                   request_.set_level(static_cast<api::LogLevel>(
                       parse_enum(*api::LogLevel_descriptor(), text, {"on", "off"}).number()));
                 }
               });
    change_options();
  }
};

}  // namespace

std::unique_ptr<Command> debug() { return std::make_unique<Debug>(); }

}  // namespace demo::ctl
