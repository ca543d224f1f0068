#include "supervisor/listening/syn_filter.h"

#include <linux/filter.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>

namespace demo {
namespace {

constexpr std::uint32_t kFlagsOffset = 13;  // of the TCP header, RFC 9293 section 3.1
constexpr std::uint32_t kSyn = 0x02;
constexpr std::uint32_t kAck = 0x10;

}  // namespace

void drop_new_handshakes(int socket) {
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

void pass_new_handshakes(int socket) {
  const int ignored = 0;
  ::setsockopt(socket, SOL_SOCKET, SO_DETACH_FILTER, &ignored, sizeof ignored);
}

}  // namespace demo
