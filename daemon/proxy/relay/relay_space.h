#pragma once

#include "net/buffer_pool.h"
#include "net/turn_allowance.h"
#include "proxy/relay/byte_pipe.h"

namespace demo {

// What bytes are moved through between two sockets, and how many more may be in this turn. One in a worker;
// the buffers outlive it.
struct RelaySpace {
  explicit RelaySpace(BufferPool& pool) : buffers(pool) {}

  BufferPool& buffers;
  PipePool pipes;
  TurnAllowance allowance;  // of the direction that is being worked on
};

}  // namespace demo
