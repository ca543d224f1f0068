#pragma once

#include <boost/asio/io_context.hpp>

#include "supervisor/backends/name_resolver.h"

namespace demo {

// Asks for the addresses of a host and blocks until there is an answer. Called on many threads at once.
using BlockingLookup =
    std::function<Result<NameResolver::Addresses>(const std::string& host, std::uint16_t port)>;

// Makes a lookup of one that blocks: each question has a thread of its own, kLookupThreads at once, so that a
// name whose servers are silent keeps no other waiting. When the last copy of the function goes, open
// questions are abandoned at once: nobody is answered any more, and threads that still wait end when they can
// without touching anything of ours. loop is borrowed and outlives the function's copies.
NameResolver::Lookup lookup_in_threads(boost::asio::io_context& loop, BlockingLookup ask);

// Further questions wait until one of so many was answered.
inline constexpr unsigned kLookupThreads = 64;

}  // namespace demo
