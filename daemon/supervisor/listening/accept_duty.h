#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace demo {

// The owner of a listening socket that all workers share.
inline constexpr unsigned kEveryWorker = std::numeric_limits<unsigned>::max();

// A worker's index and core.
struct WorkerPlace {
  unsigned index = 0;
  unsigned core = 0;
  bool operator==(const WorkerPlace&) const = default;
};

// Where a process of a worker stands, as far as listening sockets are concerned.
struct WorkerStanding {
  WorkerPlace place;
  bool running = false;  // has a process
  bool serving = false;  // and that process takes new work
  bool ready = false;    // and has put a snapshot in force
  // The last version of the supervisor's wishes that is in force there; a process that gave all its sockets
  // back has the largest number.
  std::uint64_t acked_version = 0;
};

// The indexes of the workers that accept on a socket of this owner, so that no queue goes unserved while any
// worker lives: the owner, from the moment it serves; beside it until it is ready, or instead of it, the next
// ready one in the order of indexes (or the next serving one while none is ready). Pure. standings ascend by
// index; a worker whose process is being replaced has several.
std::vector<unsigned> acceptors_of(unsigned owner, const std::vector<WorkerStanding>& standings);

}  // namespace demo
