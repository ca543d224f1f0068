#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo {

// What a non-blocking call on a stream socket came to.
enum class IoOutcome : std::uint8_t {
  kDone,    // some bytes moved
  kAgain,   // nothing now; epoll will tell
  kEnd,     // the peer finished its side (receive only)
  kLost,    // the connection is broken: the peer reset it, or cannot be reached any more
  kFailed,  // the connection is broken for a reason on this host (ENOMEM, EIO, ...)
};

// Nothing more can be received from or sent to the peer.
inline bool is_broken(IoOutcome outcome) { return outcome >= IoOutcome::kLost; }
// What errno says of a call on a connected socket that failed: kAgain, kLost or kFailed. The one judgement of
// whose doing it is; of connect(2): connect_failure().
IoOutcome outcome_of_error(int error_number);

struct IoResult {
  IoOutcome outcome = IoOutcome::kDone;
  std::size_t bytes = 0;  // moved; 0 unless kDone
};

// recv(2), retried when a signal interrupts it.
IoResult receive(int fd, std::span<char> into);

// Whether the kernel may hold the bytes back for what follows (MSG_MORE), for a segment shared with more data
// or FIN.
enum class More : std::uint8_t { kNo, kYes };

// send(2) without SIGPIPE. kDone with fewer bytes than given means that the socket's buffer is full.
IoResult send_bytes(int fd, std::string_view bytes, More more = More::kNo);

// sendfile(2) of count bytes of file from offset on.
IoResult send_file(int fd, int file, std::uint64_t offset, std::size_t count);

// Closing the socket will send a reset instead of a FIN: what the peer got is not all of it, and looks so
// whatever its framing is.
void reset_when_closed(int fd);

struct Accepted {
  UniqueFd fd;           // non-blocking, close-on-exec; empty when nothing was accepted
  Address peer;          // set when wanted
  int error_number = 0;  // errno of the failed accept4(2), EAGAIN included
};

// accept4(2); where an error is that of one connection (is_of_one_connection()) the next one is tried, up to
// 64 in a row.
Accepted accept_connection(int listening, bool want_peer);

}  // namespace demo
