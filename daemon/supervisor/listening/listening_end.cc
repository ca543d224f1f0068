#include "supervisor/listening/listening_end.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

namespace demo {
namespace {

// The kernel hands out indexes from 1 up and takes this one for the asking only.
constexpr int kNoInterface = 0x7fffffff;

constexpr std::uint32_t kFlagsOffset = 13;  // of the TCP header, RFC 9293 section 3.1
constexpr std::uint32_t kSyn = 0x02;
constexpr std::uint32_t kAck = 0x10;

void drop_syn(int socket) {
  std::array<sock_filter, 5> program{{
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, kFlagsOffset},
      {BPF_ALU | BPF_AND | BPF_K, 0, 0, kSyn | kAck},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, kSyn},
      {BPF_RET | BPF_K, 0, 0, 0},
      {BPF_RET | BPF_K, 0, 0, 0xffffffff},
  }};
  const sock_fprog code{static_cast<unsigned short>(program.size()), program.data()};
  ::setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &code, sizeof code);
}

}  // namespace

Refusal refuse_new(int socket) {
  if (::setsockopt(socket, SOL_SOCKET, SO_BINDTOIFINDEX, &kNoInterface, sizeof kNoInterface) == 0) {
    return Refusal::kElsewhere;
  }
  drop_syn(socket);
  return Refusal::kDropped;
}

bool is_refusing(int socket) {
  int interface = 0;
  socklen_t size = sizeof interface;
  return ::getsockopt(socket, SOL_SOCKET, SO_BINDTOIFINDEX, &interface, &size) == 0 &&
         interface == kNoInterface;
}

void end_listening(SharedFd& socket) {
  if (!socket) return;
  ::shutdown(socket.get(), SHUT_RDWR);
  socket.reset();
}

}  // namespace demo
