#include <fcntl.h>
#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "run.h"

namespace {

// Where the caller closed one of them, no descriptor of ours must take its place. Not writable, so that what
// is written there fails as it should.
void keep_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
  }
}

}  // namespace

int main(int argc, char** argv) {
  keep_standard_descriptors();
  // The log lines of gRPC and protobuf would stand between ours; what went wrong comes back as a status
  // anyway.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);
  demo::ctl::Console console = demo::ctl::standard_console();
  return demo::ctl::run(std::vector<std::string>(argv + 1, argv + argc), console);
}
