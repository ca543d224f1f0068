#pragma once

#include <sys/types.h>

#include <cstddef>
#include <vector>

namespace demo {

// How many of the descriptors that were given to gRPC are still open. gRPC tells nobody when it closes one,
// but a socket keeps its inode number for life, so a look at those that were counted finds the ones that are
// gone. Owns no descriptor.
class ConnectionCensus {
 public:
  explicit ConnectionCensus(std::size_t most) : most_(most) {}

  // Counts the socket; false when the limit is reached.
  bool admit(int fd);

 private:
  struct Entry {
    int fd;
    ino_t inode;
  };
  void forget_closed();

  const std::size_t most_;
  std::vector<Entry> entries_;
};

}  // namespace demo
