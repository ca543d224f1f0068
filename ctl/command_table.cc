#include "command_table.h"

#include "cmd/commands.h"

namespace demo::ctl {

CommandTable command_table() {
  CommandTable table;
  for (auto* make : {
           add_backend,
           listeners,
           status,
       }) {
    table.push_back(make());
  }
  return table;
}

}  // namespace demo::ctl
