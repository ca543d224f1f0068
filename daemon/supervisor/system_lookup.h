#pragma once

#include <boost/asio/io_context.hpp>

#include "supervisor/name_resolver.h"

namespace demo {

// getaddrinfo(3) in a thread of the loop's resolver service, one lookup at a time. Only families that this
// host has an address of, unless that leaves none. The loop's destructor waits for a lookup under way, which
// the name servers' time-outs bound (resolv.conf(5)). loop is borrowed and outlives the function's copies.
NameResolver::Lookup system_lookup(boost::asio::io_context& loop);

}  // namespace demo
