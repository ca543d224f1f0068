#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace demo {

// What was taken from a worker before it met its first client, so that somebody who takes it over has less.
struct Confinement {
  bool no_capabilities = false;  // neither in force nor to be had again
  bool no_new_privileges = false;
  bool no_dumps = false;  // other processes of its user do not see its memory, and no core file holds it
  bool system_calls_filtered = false;
  unsigned landlock_abi = 0;  // of the rule set that keeps it from all files; 0: none does
  uid_t uid = 0;
  std::vector<std::string> problems;  // what this host refused, one clause each
};

}  // namespace demo
