#include "supervisor/listening/admission.h"

#include <sys/socket.h>

#include <utility>
#include <vector>

#include "supervisor/listening/syn_filter.h"

namespace demo {

void take_new(const SocketGroup& group, bool taken) {
  const Listener& listener = group.listener();
  std::vector<std::pair<std::uint64_t, int>> descriptors;
  group.list_descriptors(descriptors);
  for (const auto& [number, socket] : descriptors) {
    if (listener.address.is_unix()) {
      ::listen(socket, taken ? listener.kernel.backlog : 0);
    } else if (taken) {
      pass_new_handshakes(socket);
    } else {
      drop_new_handshakes(socket);
    }
  }
}

}  // namespace demo
