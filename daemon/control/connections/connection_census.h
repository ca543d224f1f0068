#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace demo {

// How many of the descriptors that were accepted are still open. gRPC tells nobody when it closes one, but a
// socket keeps its inode number for life, so a look at those that were counted finds the ones that are gone.
// Owns no descriptor.
class ConnectionCensus {
 public:
  // most_of_one: of one user, as SO_PEERCRED says who that is; all clients of TCP are one.
  ConnectionCensus(std::size_t most_of_one, std::size_t most) : most_of_one_(most_of_one), most_(most) {}

  // Counts the socket, and says whose it is; unset when a limit is reached. now_ns: on the monotonic clock.
  // Who is at a limit is looked at again only every few milliseconds, so a refusal costs next to nothing.
  std::optional<uid_t> admit(int fd, std::uint64_t now_ns);
  // shutdown(2) of all that are still open, so that gRPC closes them.
  void cut();

 private:
  struct Entry {
    int fd;
    ino_t inode;
    uid_t user;
  };
  void forget_closed();
  bool has_place(uid_t user) const;

  const std::size_t most_of_one_;
  const std::size_t most_;
  std::vector<Entry> entries_;
  std::map<uid_t, std::size_t> counts_;  // of entries_
  std::optional<std::uint64_t> looked_ns_;
};

}  // namespace demo
