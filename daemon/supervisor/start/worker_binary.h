#pragma once

#include <string>

#include "base/result.h"
#include "base/shared_fd.h"

namespace demo {

// demo-server-worker as this program found it when it started.
struct WorkerBinary {
  std::string path;
  SharedFd file;  // O_PATH: the same file, whatever becomes of its name
};

// Where demo-server-worker is: beside this program in a build tree, else where the package puts it. One that
// is missing is waited for a second, since a package may be about to put it there, and a service manager that
// starts the daemon again and again shall not do so at full speed. Error: kUnavailable when there is none
// that may be executed, kResourceExhausted.
Result<WorkerBinary> open_worker_binary();

// Where it is looked for first, for messages.
std::string worker_path();

}  // namespace demo
