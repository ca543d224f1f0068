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
  // most_of_one: of one user, as SO_PEERCRED says who that is; all clients of TCP are one.
  ConnectionCensus(std::size_t most_of_one, std::size_t most) : most_of_one_(most_of_one), most_(most) {}

  // Counts the socket; false when a limit is reached.
  bool admit(int fd);
  // shutdown(2) of all that are still open, so that gRPC closes them.
  void cut();

 private:
  struct Entry {
    int fd;
    ino_t inode;
    uid_t user;
  };
  void forget_closed();
  bool has_room(uid_t user) const;

  const std::size_t most_of_one_;
  const std::size_t most_;
  std::vector<Entry> entries_;
};

}  // namespace demo
