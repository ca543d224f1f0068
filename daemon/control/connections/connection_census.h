#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "control/connections/visit.h"

namespace demo {

// How the connections of a socket are shared out among users, which are the accounts of visits.
struct Shares {
  std::size_t most = 0;      // of all users
  std::size_t of_one = 0;    // of one user without privilege
  std::size_t reserved = 0;  // of most, which those with privilege alone take
  std::function<bool(std::uint64_t)> privileged = [](std::uint64_t) { return false; };
  // Whether a connection gives way to another one: visits know what is under way, and somebody ends them.
  bool by_use = false;
};

// How many of the descriptors that were accepted are still open, and who gives way when all places are taken:
// of the user who has most the connection that has been idle for longest. gRPC tells nobody when it closes
// one, but a socket keeps its inode number for life, so a look at those that were counted finds the ones that
// are gone. Owns no descriptor.
class ConnectionCensus {
 public:
  explicit ConnectionCensus(Shares shares) : shares_(std::move(shares)) {}

  struct Answer {
    bool admitted = false;
    bool own = false;                        // refused: at the user's own share; else all places are taken
    std::size_t open = 0;                    // refused: connections that are the reason
    std::optional<std::uint64_t> displaced;  // whose connection gave way
  };
  // Counts the socket, or says why not. now_ns: on the monotonic clock. Who is at a limit is looked at again
  // only every few milliseconds, so a refusal costs next to nothing.
  Answer admit(int fd, const std::shared_ptr<Visit>& visit, std::uint64_t now_ns);
  // shutdown(2) of all that are still open, so that gRPC closes them.
  void cut();

 private:
  struct Entry {
    int fd;
    ino_t inode;
    std::shared_ptr<Visit> visit;
    std::uint64_t user() const { return visit->account(); }
  };
  void forget_closed();
  std::size_t count_of(std::uint64_t user) const;
  bool has_place(std::uint64_t user, bool privileged) const;
  // Ends a connection for one of the user; whose it was. Unset: there is none that may be ended.
  std::optional<std::uint64_t> make_room(std::uint64_t user, bool privileged);

  const Shares shares_;
  std::vector<Entry> entries_;
  std::map<std::uint64_t, std::size_t> counts_;  // of entries_
  std::optional<std::uint64_t> looked_ns_;
};

}  // namespace demo
