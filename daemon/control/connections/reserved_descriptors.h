#pragma once

#include <utility>

#include "base/unique_fd.h"

namespace demo {

// Some descriptor numbers are kept for connections to the control API, so that a daemon without descriptors
// can still be asked why: the soft limit of this process stays below the hard one, and goes up only while
// such a connection is accepted. Descriptors beyond the limit work like all others, and whoever closes one
// gives its number back to nobody else. setrlimit(2), RLIMIT_NOFILE.

// So many, a relayed connection takes three; a quarter of all where that is less.
inline constexpr unsigned kControlDescriptors = 192;

// Sets the soft limit of this process to the hard one less those.
void set_descriptor_limit();

// accept4(2), non-blocking and close-on-exec; out of descriptors it may take one of the first `kept` beyond
// the limit. Empty with errno set when there is none. Threads may call it at the same time.
UniqueFd accept_with_reserve(int socket, unsigned kept);
// socketpair(2) of stream sockets, likewise. Both empty with errno set when there is none.
std::pair<UniqueFd, UniqueFd> pair_with_reserve(unsigned kept);

}  // namespace demo
