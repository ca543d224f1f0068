#include "launch/check_start.h"

#include <string>
#include <vector>

#include "config/doubts.h"
#include "control/control_server.h"
#include "control/tls/tcp_credentials.h"
#include "launch/exit_status.h"
#include "launch/open_control.h"
#include "launch/terminal.h"
#include "supervisor/start/control_paths.h"
#include "supervisor/start/log_destination.h"
#include "supervisor/start/worker_user.h"
#include "supervisor/state/state_store.h"

namespace demo {

int check_start(const Flags& flags, const Config& config) {
  std::vector<Status> judged = {check_log(flags.log_file)};
  if (const auto user = worker_user(flags.worker_user); !user) judged.push_back(user.error());
  if (!flags.state_dir.empty()) judged.push_back(StateStore::check(flags.state_dir));
  if (!flags.control_path.empty()) {
    const auto paths = check_control_paths(flags.control_path);
    judged.push_back(paths ? check_control_sockets(paths->control, paths->monitor) : paths.error());
  }
  if (const auto tcp = control_tcp_options(flags)) judged.push_back(check_control_tcp(*tcp));
  bool right = true;
  for (const Status& status : judged) {
    if (!status) complain(in_typed_words(status.error(), flags), kUsage);
    right = right && status;
  }
  for (const std::string& doubt : doubts(config)) {
    complain({ErrorCode::kInvalidArgument, "warning: " + doubt, "", ""}, 0);
  }
  return right ? say("demo-server: flags and file are right\n") : kUsage;
}

}  // namespace demo
