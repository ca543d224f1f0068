#include "supervisor/listening/listening_end.h"

#include <sys/socket.h>

#include "supervisor/listening/syn_filter.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif

namespace demo {
namespace {

// The kernel hands out indexes from 1 up and takes this one for the asking only.
constexpr int kNoInterface = 0x7fffffff;

}  // namespace

Refusal refuse_new(int socket) {
  if (::setsockopt(socket, SOL_SOCKET, SO_BINDTOIFINDEX, &kNoInterface, sizeof kNoInterface) == 0) {
    return Refusal::kElsewhere;
  }
  drop_new_handshakes(socket);
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
