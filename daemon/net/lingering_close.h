#pragma once

#include <cstddef>
#include <cstdint>

#include "base/linked_list.h"
#include "event/loop.h"
#include "event/slab.h"
#include "net/buffer_pool.h"
#include "net/lingerer.h"
#include "net/listener_handle.h"

namespace demo {

// Closes client connections whose peer may still be sending: ends our side, reads and drops what comes until
// the peer ends too, limits::kLingerTimeout passes or limits::kLingerDrainBytes came, and then closes.
// Closing with unread bytes would reset the connection and could cost the client its response (RFC 9112
// section 9.6). One a worker.
class LingeringClose {
 public:
  LingeringClose(Loop& loop, BufferPool& buffers) : loop_(loop), buffers_(buffers), lingerers_(loop) {}
  ~LingeringClose() { cut(); }

  // registered: the descriptor is in the loop's epoll already (its watch must have been retired or be so this
  // turn). The connection counts as closed in the listener's figures once it really is.
  void take(UniqueFd client, ListenerHandle& listener, bool registered);

  // Closes what is left without waiting; how many that were. Their listeners must still be there.
  std::uint64_t cut();

  std::size_t connections() const { return lingerers_.live(); }

 private:
  friend class Lingerer;
  void drain(Lingerer& lingerer);
  void finish(Lingerer& lingerer);

  Loop& loop_;
  BufferPool& buffers_;
  Slab<Lingerer> lingerers_;
  LinkedList<Lingerer> all_;
};

}  // namespace demo
