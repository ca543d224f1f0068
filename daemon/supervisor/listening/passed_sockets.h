#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/shared_fd.h"
#include "base/unique_fd.h"
#include "config/config.h"
#include "supervisor/listening/address_occupant.h"

namespace demo {

// A listening socket that the service manager made and holds as well, systemd.socket(5).
struct PassedSocket {
  SharedFd fd;
  std::string name;  // that the manager gave it: its unit's, or what that says (FileDescriptorName=)
  Address address;
  std::string interface;     // that it is bound to (BindToDevice=); empty: any
  std::uint64_t number = 0;  // of its descriptor while no listener uses it; 0: none yet
  bool held_off = false;     // nobody gets into its queue, since no listener uses it
};

// All of them, whether a listener uses them or not: whoever is configured for their address gets them,
// however late. They are never shut down, nor closed before the daemon ends: that frees no port while the
// manager has them. Runs on the supervisor's loop.
class PassedSockets {
 public:
  // One that the manager passed. What nobody can be served on is closed, and told by notes().
  void take(const std::string& name, UniqueFd fd);
  // One that a supervisor before had from it; where it is known already, this descriptor takes the place of
  // the other. Nothing for one that listens no more.
  void keep(const std::string& name, const SharedFd& fd, std::uint64_t number);

  // Those that the listener is to use, by address and interface, in the order in which they were made.
  std::vector<PassedSocket> of(const Listener& listener) const;
  bool any_of(const Listener& listener) const;
  // Whether it is one of them, by whatever descriptor.
  bool has(int fd) const;
  std::vector<PassedSocket>& all() { return sockets_; }
  const std::vector<PassedSocket>& all() const { return sockets_; }

  // Why a listener of the configuration has another accept mode than is asked for, not as a sentence; empty:
  // it has not.
  std::string why_other_mode(const Listener& listener, const Config& config, std::size_t workers) const;
  // What a configuration makes of them that is not as somebody may expect, one sentence each, by what it is
  // about.
  std::map<std::string, std::string> notes(const Config& config, std::size_t workers) const;
  // Adds them.
  void list(OwnSockets& sockets) const;
  // The client whom the kernel lets into one with a path that is held off would wait for ever, and at the end
  // have the manager start the daemon again.
  void turn_away_strays() const;

 private:
  const PassedSocket* find(int fd) const;
  // Calls act for each of those that the listener is to use.
  template <typename Act>
  void for_each_of(const Listener& listener, const Act& act) const;

  std::vector<PassedSocket> sockets_;
  // Where in it they are, by what nobody else is likely to have (see place_of()), and by their inodes.
  std::multimap<std::string, std::size_t> by_place_;
  std::map<std::uint64_t, std::size_t> by_inode_;
  std::vector<std::string> useless_;  // one sentence each
};

// The accept mode of a listener whose sockets were passed: a mode with a socket for each worker needs as
// many.
AcceptMode mode_of_passed(AcceptMode asked_for, std::size_t sockets, std::size_t workers);
// Why it is another one than is asked for, not as a sentence; empty: it is not.
std::string why_other_mode(AcceptMode asked_for, std::size_t sockets, std::size_t workers);

// Nobody gets into the queue of a passed socket any more; who is there stays. A new client of a TCP socket is
// not answered; of those of a unix one the kernel lets one in, and the others wait in connect(2).
void hold_off(int socket, const Address& address);
// Ends that.
void let_in(int socket, const Address& address, int backlog);
// Closes the connections that wait in its queue.
void empty_queue(int socket);

}  // namespace demo
