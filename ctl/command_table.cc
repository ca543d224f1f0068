#include "command_table.h"

#include "cmd/commands.h"

namespace demo::ctl {

CommandTable command_table() {
  CommandTable table;
  for (auto* make : {
           add_listener,
           remove_listener,
           set_listener,
           listeners,
           add_backend,
           remove_backend,
           set_backend,
           backends,
           add_pool,
           remove_pool,
           set_pool,
           pools,
           keepalive,
           accept_mode,
           set_response,
           set_forwarding,
           set_client_limits,
           set_workers,
           restart_worker,
           workers,
           debug,
           status,
           stats,
           events,
           top,
           config_show,
           config_diff,
           config_save,
           config_apply,
           config_apply_file,
           config_reset,
           config_export_commands,
           whoami,
           version,
           completion,
           help,
           complete,
           man,
       }) {
    table.push_back(make());
  }
  return table;
}

}  // namespace demo::ctl
