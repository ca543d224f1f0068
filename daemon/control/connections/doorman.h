#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "base/log_limit.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "control/connections/connection_census.h"
#include "control/connections/fair_line.h"
#include "control/connections/refusal_trouble.h"

namespace demo {

// Accepts the connections of one listening socket and passes them on, so many at a time at most and each user
// in turn. gRPC could listen by itself, but knows no limit, and only a descriptor that we accepted tells the
// client's process. Owns a thread.
class Doorman {
 public:
  // Takes a connection over: its descriptor is non-blocking and close-on-exec. False with errno set when
  // there is no descriptor left for it: the guest is left alone, and passed again a little later. One with a
  // refusal is there to be told of it alone.
  using Pass = std::function<bool(Guest& guest)>;

  struct Rules {
    // The places are shared out among users, those that root and this process's own user never lack, and who
    // is refused is told why unless they are too many: for unix sockets. Else they are shared out among the
    // addresses that clients of TCP have.
    bool by_user = false;
    unsigned kept_descriptors = 0;     // of those that are kept, how many accepted ones may take
    std::size_t descriptors_each = 1;  // that a connection takes once it was passed on
    std::function<bool(pid_t)> is_worker = [](pid_t) { return false; };  // a process that is not let in
  };

  // socket: listening and non-blocking, borrowed until close(). name: for messages. reports: on the doorman's
  // thread, which they must not hold up.
  static Result<std::unique_ptr<Doorman>> open(int socket, std::string name, Rules rules, Pass pass,
                                               RefusalTrouble::Reports reports = {});
  Doorman(const Doorman&) = delete;
  Doorman& operator=(const Doorman&) = delete;
  ~Doorman();

  // Stops accepting; connections stay. Idempotent.
  void close();
  // Ends the connections that it gave away and that are still open. After close().
  void cut() { census_.cut(); }

 private:
  Doorman(int socket, std::string name, Rules rules, UniqueFd stop, Pass pass,
          RefusalTrouble::Reports reports);
  void run();
  // False: nothing more to accept now.
  bool accept_one();
  // A place in the line, or a refusal.
  void receive(UniqueFd connection);
  // Gives away one connection of each user that waits; false: there is no descriptor for the next one.
  bool pass_turn();
  void log_starved();
  // Waits until there is something to accept; false when the end has come.
  bool wait(int timeout_ms, bool for_connections);

  const int socket_;
  const std::string name_;
  const Rules rules_;
  const Pass pass_;
  UniqueFd stop_;  // eventfd(2), readable when the thread is to end
  ConnectionCensus census_;
  FairLine line_;         // counted in the census; empty once closed
  bool starved_ = false;  // accept(2) fails, for want of descriptors most likely
  unsigned spoilt_ = 0;   // connections in a row that could not be accepted, for a reason of their own
  RefusalTrouble trouble_;
  std::uint64_t told_ns_ = 0;  // when all who were told of their refusal are paid for
  LogLimit starved_log_;
  LogLimit displaced_log_;
  std::thread thread_;
};

}  // namespace demo
