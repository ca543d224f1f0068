#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/reports/systemd_socket.h"

namespace demo {

// The descriptors that the service manager holds for the process that comes after this one, sd_notify(3)
// FDSTORE: it gets them when this one was restarted or died. Never waits for the manager. Runs on the
// supervisor's loop.
class DescriptorStore {
 public:
  // A name and a borrowed descriptor that is open until the next keep(), or until go_on() is not called any
  // more. Names are short, without ':' and of one thing for ever.
  using Wanted = std::vector<std::pair<std::string, int>>;

  // All names together, each with the ':' behind it: they become LISTEN_FDNAMES, which execve(2) takes no
  // more of (MAX_ARG_STRLEN); beyond, systemd could not start the daemon again.
  static constexpr std::size_t kNamesBytes = 120 * 1024;

  // How many descriptors the manager holds: FDSTORE of the environment, which systemd sets from version 254
  // on and the unit for those before; none where there is no manager.
  static std::size_t capacity_of_manager();

  explicit DescriptorStore(std::size_t capacity) : capacity_(capacity) {}

  // Whom it sends its messages to, for those that are to come behind them.
  SystemdSocket& manager() { return manager_; }
  // What the manager gave this process, and holds still.
  void note_held(std::set<std::string> names) { held_ = std::move(names); }
  const std::set<std::string>& held() const { return held_; }
  // What is held under the name is not what this process will want under it.
  void replace(std::string name) { outdated_.insert(std::move(name)); }

  // Whether anything is held at all.
  bool there() const { return capacity_ > 0; }
  // So many of them, the first ones, the manager has room for.
  std::size_t fitting(const Wanted& wanted) const;
  // The manager is to hold these and no others, the first of them where they are too many; nothing where it
  // has no capacity.
  void keep(Wanted wanted);
  // Whether the manager had no room for a message: go_on() is to be called after a while, or keep().
  bool behind() const { return behind_; }
  void go_on();
  // Messages that it took so far, and those of them that make it close something.
  std::uint64_t sent() const { return sent_; }
  std::uint64_t dropped() const { return dropped_; }
  // How many of the wanted it cannot hold.
  std::size_t left_out() const { return left_out_; }
  std::size_t capacity() const { return capacity_; }

 private:
  // False where it is behind.
  bool drop(const std::string& name);
  bool put(const std::string& name, int fd);

  const std::size_t capacity_;
  SystemdSocket manager_;
  std::set<std::string> held_;
  std::set<std::string> outdated_;  // of those
  // Of the last keep(), what the manager has not taken yet, the first one last.
  std::vector<std::string> to_drop_;
  Wanted to_put_;
  bool behind_ = false;
  std::uint64_t sent_ = 0;
  std::uint64_t dropped_ = 0;
  std::size_t left_out_ = 0;
};

}  // namespace demo
