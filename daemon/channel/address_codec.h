#pragma once

#include <string>
#include <string_view>

#include "base/address.h"
#include "base/result.h"

namespace demo {

// An address as the bytes of its sockaddr, and back. Error: kInvalidArgument for another family or size.
std::string encode_address(const Address& address);
Result<Address> decode_address(std::string_view bytes);

}  // namespace demo
