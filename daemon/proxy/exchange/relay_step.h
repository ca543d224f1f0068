#pragma once

#include <cstdint>

namespace demo {

// Where a direction of an exchange stands after it did what it could without waiting.
enum class RelayStep : std::uint8_t {
  kDone,            // the message has left entirely
  kWaitsToReceive,  // for bytes of the sender
  kWaitsToSend,     // for room at the receiver
  kSenderEnded,     // the sender ended or broke before its message did
  kReceiverFailed,  // the receiver's connection is broken
  kRefused,         // the message is invalid: see rejection()
  kGoesOn,          // its allowance of this turn is spent: the rest follows in the next one
};

}  // namespace demo
