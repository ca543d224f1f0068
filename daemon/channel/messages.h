#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/address.h"
#include "base/confinement.h"
#include "base/result.h"
#include "base/shared_fd.h"
#include "base/unique_fd.h"
#include "channel/frame.h"
#include "config/backend_news.h"
#include "config/snapshot.h"

namespace demo {

// A listening socket that a worker accepts on.
struct SocketGrant {
  std::uint64_t id = 0;             // the supervisor's number of the socket, never used again
  std::uint32_t listener_slot = 0;  // ListenerFacts::slot
  SharedFd fd;                      // the supervisor's, the worker's own at its end; none: it has one already
};

// Worker to supervisor: how it treats a backend address from now on; the other way, whom it is to distrust.
struct BackendNotice {
  std::string pool;
  std::string endpoint;
  Address address;
  BackendNews news = BackendNews::kEjected;
  std::string reason;                 // one clause: "it refused connections", "its ejection time is over"
  std::uint64_t failures = 0;         // in a row; of an ejection
  std::chrono::milliseconds time{0};  // from now on, of an ejection or a distrust
};

// Supervisor to worker: a generation, and the full list of sockets that the worker accepts on from now on. A
// listener may have several (the worker serves a dead neighbour's queue) or none here.
struct ApplySnapshot {
  Snapshot snapshot;
  std::vector<SocketGrant> sockets;
  std::vector<BackendNotice> ejections = {};  // before the sockets are used: of the worker before this one
};

// Supervisor to worker: no new work, finish what is in flight, say Drained, exit with status 0.
struct Drain {
  std::chrono::milliseconds deadline{0};  // from the receipt on; what is left then is closed and counted
};

// Supervisor to worker: when the channel ends, what is in flight may take as long as it takes, as long as
// there is a supervisor; or not so any more.
struct Patience {
  bool granted = false;
};

// Supervisor to worker: log lines go here from now on.
struct UseLog {
  UniqueFd fd;
  UniqueFd own = {};  // open_own_log() of it, since a worker opens no files; empty where there is none
};

// Worker to supervisor: the generation is in force. The first one means ready and accepting.
struct Ack {
  std::uint64_t generation = 0;
  std::vector<std::string> problems;  // what could not be applied, one sentence each
  Confinement confinement = {};       // of this worker, the same in all
};

// Worker to supervisor: nothing is in flight any more.
struct Drained {
  std::uint64_t forced = 0;  // connections closed at the deadline
};

// What a worker's channel gives for a message that lost its descriptors on the way, because the worker had no
// room for them; and, worker to supervisor: send it again later.
struct Incomplete {
  bool log = false;  // it was a UseLog, else an ApplySnapshot
};

// Worker to supervisor: log lines of this process were lost.
struct LogLoss {
  std::uint64_t lines = 0;  // since the last message
};

using Message =
    std::variant<ApplySnapshot, Drain, Patience, UseLog, Ack, Drained, BackendNotice, Incomplete, LogLoss>;

// The frames of a message, to be sent in this order: an ApplySnapshot takes one more for every 253 sockets.
// Error: kResourceExhausted when the snapshot's memfd cannot be made.
Result<std::vector<Frame>> encode(Message message);

// Puts messages together again from the frames of one channel, in their order.
class MessageAssembler {
 public:
  // Takes one frame; a message when it was the last of one, Incomplete when descriptors are missing. Error:
  // kInvalidArgument for anything that encode() would not have made; the channel is of no use then.
  Result<std::optional<Message>> add(Frame frame);

 private:
  std::optional<ApplySnapshot> partial_;
  bool whole_ = true;             // no descriptor of it was lost
  std::size_t socket_count_ = 0;  // announced
  std::size_t described_ = 0;     // so far
};

}  // namespace demo
