#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "config/snapshot.h"

namespace demo {

std::string encode_snapshot(const Snapshot& snapshot);

// Error: kInvalidArgument for bytes that encode_snapshot() would not have made: values out of their ranges
// included.
Result<Snapshot> decode_snapshot(std::string_view bytes);

// An address as the bytes of its sockaddr, and back. Error: kInvalidArgument for another family or size.
std::string encode_address(const Address& address);
Result<Address> decode_address(std::string_view bytes);

// The bytes in a memfd sealed against any change, memfd_create(2). Error: kResourceExhausted.
Result<UniqueFd> write_sealed_memory(std::string_view bytes);
// Error: kInvalidArgument for a descriptor that is not such a memfd or holds more than 64 MiB.
Result<std::string> read_sealed_memory(int fd);

}  // namespace demo
