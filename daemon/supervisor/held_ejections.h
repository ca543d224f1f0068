#pragma once

#include <string_view>
#include <vector>

#include "channel/messages.h"

namespace demo {

// The ejections that a worker process told of and whose end it has not told. Owned by its slot: a process
// that is gone cannot tell any more.
class HeldEjections {
 public:
  void note(const BackendNotice& notice);
  // All of them end for this reason: what to tell of each. None is held afterwards.
  std::vector<BackendNotice> end(std::string_view reason);

 private:
  std::vector<BackendNotice> held_;  // at most limits::kBackendMembers: one an address of a backend
};

}  // namespace demo
