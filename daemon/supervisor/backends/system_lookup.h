#pragma once

#include <boost/asio/io_context.hpp>

#include "supervisor/backends/name_resolver.h"

namespace demo {

// getaddrinfo(3) in threads of supervisor/backends/lookup_threads.h. Only families that this host has an
// address of, unless that leaves none. loop is borrowed and outlives the function's copies.
NameResolver::Lookup system_lookup(boost::asio::io_context& loop);

}  // namespace demo
