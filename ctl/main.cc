#include <google/protobuf/stubs/logging.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "run.h"

int main(int argc, char** argv) {
  // The log lines of gRPC and protobuf would stand between ours; what went wrong comes back as a status
  // anyway.
  ::setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);
  demo::ctl::Console console = demo::ctl::standard_console();
  return demo::ctl::run(std::vector<std::string>(argv + 1, argv + argc), console);
}
