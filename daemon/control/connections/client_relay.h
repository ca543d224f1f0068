#pragma once

#include <sys/types.h>

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/unique_fd.h"
#include "control/connections/visit.h"

namespace demo {

// Stands between the clients of unix sockets and gRPC: gRPC is given one end of a pair of sockets, and only
// what a FrameGuard lets pass. Owns a thread, the clients' descriptors and its ends of the pairs; remembers
// who the clients are, which their kernel tells of the client's own socket alone.
class ClientRelay {
 public:
  ClientRelay();
  ClientRelay(const ClientRelay&) = delete;
  ClientRelay& operator=(const ClientRelay&) = delete;
  // Ends all connections.
  ~ClientRelay();

  // Takes a guest over, until it or gRPC leaves or its visit is ended; one with a refusal soon has to go.
  // What is returned is for gRPC. Empty with errno set when there is no descriptor for it: the guest is left
  // alone. name: of the socket, for the log. kept: see reserved_descriptors.h. On any thread.
  UniqueFd admit(Guest& guest, const std::string& name, unsigned kept);
  // Whose the other end is of a descriptor that admit() returned and that is open; else null. On any thread.
  std::shared_ptr<Visit> visit_of(int fd) const;
  // Waits until the connections that gRPC has left have brought their last bytes to the clients.
  void finish(std::chrono::milliseconds patience);

 private:
  struct Client {
    ino_t inode;  // of gRPC's end: a number is used again
    std::shared_ptr<Visit> visit;
  };
  struct Loop;
  void open(Guest guest, UniqueFd end, const std::string& name);
  void left();

  mutable std::mutex mutex_;
  std::condition_variable all_left_;
  std::map<int, Client> clients_;     // by gRPC's descriptor, until the number is used again
  std::size_t open_ = 0;              // connections
  const std::unique_ptr<Loop> loop_;  // last: its connections call left()
};

}  // namespace demo
