// Preloaded into the daemon under test: a worker that accepts its first client does what one would do that
// somebody has taken over, and connects to the sockets of the control API that DEMO_TEST_SOCKETS names
// (paths, with a ':' between them). What came of it goes to DEMO_TEST_FINDINGS, a line a socket: how many
// bytes it was sent before the end, or in half a minute.
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <string>

#include "first_client.h"

namespace {

ssize_t bytes_from(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
  char bytes[64];
  ssize_t size = -2;  // nobody listens there
  if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    pollfd answer{fd, POLLIN, 0};
    size = ::poll(&answer, 1, 30000) == 1 ? ::recv(fd, bytes, sizeof bytes, 0) : -1;
  }
  ::close(fd);
  return size;
}

void act() {
  const std::string paths = std::getenv("DEMO_TEST_SOCKETS");
  std::string lines;
  for (std::size_t begin = 0; begin < paths.size();) {
    const std::size_t end = std::min(paths.find(':', begin), paths.size());
    lines += std::to_string(bytes_from(paths.substr(begin, end - begin))) + "\n";
    begin = end + 1;
  }
  tell(lines);
}

}  // namespace
