#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/shared_fd.h"
#include "demo/internal/v1/handover.pb.h"
#include "supervisor/listening/socket_member.h"

namespace demo {

// What became of the listener's options.
void record_options(const std::vector<SocketOptionReport>& options, internal::v1::SocketGroup& record);
std::vector<SocketOptionReport> options_of(const internal::v1::SocketGroup& record);

// Adds what the next supervisor is to know of the socket besides its descriptor.
void record_socket(const SocketMember& member, internal::v1::SocketGroup& record);

// What was tried in this program's stead may have given a passed socket another number in the records before
// it came to nothing: the descriptor that they do not know, of the same address, gets that number.
void find_renumbered(const internal::v1::Handover& handover, std::map<std::uint64_t, SharedFd>& sockets);

// The sockets of a record, in the kernel's order of their group; taken out of the list. Those that are not
// there, or listen no more, are as closed: the last one has moved into their place. options: what became of
// those of the listener.
std::vector<SocketMember> adopt_sockets(const internal::v1::SocketGroup& record, const Address& address,
                                        const std::vector<SocketOptionReport>& options,
                                        std::map<std::uint64_t, SharedFd>& sockets);

}  // namespace demo
