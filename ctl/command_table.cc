#include "command_table.h"

#include "cmd/commands.h"

namespace demo::ctl {

CommandTable command_table() {
  CommandTable table;
  for (auto* const make : kVerbs) table.push_back(make());
  return table;
}

}  // namespace demo::ctl
