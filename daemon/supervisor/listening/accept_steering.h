#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "base/result.h"

// Which socket of a SO_REUSEPORT group gets a new connection, as classic BPF programs, socket(7)
// SO_ATTACH_REUSEPORT_CBPF. They need no privilege. A socket's index is its place in the order of listen(2)
// calls; closing a socket moves the last one into its place.
namespace demo {

// Packets that a core took go to the socket with this index.
struct CoreIndex {
  unsigned core = 0;
  unsigned index = 0;
  bool operator==(const CoreIndex&) const = default;
};

// What a group's program has to do: the cores of the table get their own index, all else one of the selected
// ones at random. No selected index at all means that the kernel's hash over all sockets serves.
struct Steering {
  std::vector<CoreIndex> by_core;  // ascending by core
  std::vector<unsigned> selected;
  bool operator==(const Steering&) const = default;
};

// The program for a steering with at least one selected index; at most limits::kWorkers entries in each list.
// Pure.
std::vector<sock_filter> steering_program(const Steering& steering);

// Puts the steering in force for the group of the socket, at once and atomically.
// Error: kFailedPrecondition when the kernel refuses.
Status apply_steering(int socket, const Steering& steering);

}  // namespace demo
