// The daemon: reads flags and file, and serves, rehearses to serve, or says what is wrong.
#include <sys/prctl.h>

#include <csignal>
#include <memory>
#include <utility>

#include "channel/protobuf_log.h"
#include "control/connections/reserved_descriptors.h"
#include "launch/check_start.h"
#include "launch/compose_options.h"
#include "launch/exit_status.h"
#include "launch/launch.h"
#include "launch/rehearse.h"
#include "launch/serve.h"
#include "launch/terminal.h"
#include "supervisor/loop/signals.h"
#include "supervisor/start/available_cores.h"
#include "supervisor/start/start_config.h"

namespace {

// Also where a descriptor was executed, whose number would be the name.
void name_process() { ::prctl(PR_SET_NAME, "demo-server"); }

void ignore_signals() {
  // A file that may not grow (setrlimit(2), RLIMIT_FSIZE) is an error of write(2), and no end.
  for (const int ignored : {SIGPIPE, SIGXFSZ}) std::signal(ignored, SIG_IGN);
  // Ignored by whoever started us, it would take the exit status of every worker away (wait(2), "Notes").
  std::signal(SIGCHLD, SIG_DFL);
}

std::string known_path(const demo::Inheritance& inheritance) {
  return inheritance.run_state ? inheritance.run_state->path() : "";
}

// What the version before had read of flags and file, as far as it knew.
demo::Result<demo::FileReading> file_before(const demo::internal::v1::RunState& state) {
  auto config = demo::config_of_json(state.running_base().empty() ? state.config() : state.running_base());
  if (!config) return config.error();
  return demo::FileReading{std::move(*config), false};
}

int start(int argc, char** argv, const demo::CommandLine& line, demo::Inheritance inheritance, int usage,
          demo::Fallback* way_back) {
  demo::Launch launch;
  launch.flags = line.flags;
  launch.cores = demo::read_available_cores();
  auto config = demo::read_configuration(line.flags, launch.cores, nullptr, &launch.said);
  // A version that goes on after all needs no file: another version's may lie there by now.
  if (!config && inheritance.came_back()) config = file_before(*inheritance.run_state);
  if (!config) return demo::refuse(in_typed_words(config.error(), line.flags), usage, way_back);
  if (line.flags.check_config) return demo::check_start(line.flags, config->config);
  demo::set_descriptor_limit();
  launch.file = std::move(config->config);
  launch.program = demo::this_program(argc, argv, known_path(inheritance));
  launch.inheritance = std::move(inheritance);
  return line.flags.rehearse ? demo::rehearse(std::move(launch)) : demo::serve(std::move(launch), way_back);
}

}  // namespace

int main(int argc, char** argv) {
  name_process();
  auto way_back = demo::Fallback::prepare(argc, argv);
  if (!way_back) return demo::complain(way_back.error(), demo::kFailure);
  demo::Inheritance inheritance = demo::read_inheritance();
  // As long as workers of a supervisor before serve, somebody may mend flags and file: the unit is to try
  // again.
  const int usage = inheritance.any() ? demo::kFailure : demo::kUsage;
  const auto line = demo::parse_command_line(argc, argv, DEMO_VERSION);
  if (!line) return demo::refuse(line.error(), usage, way_back->get());
  if (line->print) return demo::say(*line->print);
  if (line->flags.rehearse) way_back->reset();
  ignore_signals();
  // One that comes before there is a loop waits for it.
  if (!line->flags.check_config) demo::Signals::block();
  demo::log_protobuf_messages();
  if (*way_back) (*way_back)->catch_signals();
  return start(argc, argv, *line, std::move(inheritance), usage, way_back->get());
}
