#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/shared_fd.h"

namespace demo {

// A program and how it is called: what an upgrade executes.
struct Program {
  std::string path;                    // absolute: where the next version of it will lie
  SharedFd file;                       // O_PATH: this version, whatever becomes of its name
  std::vector<std::string> arguments;  // argv, from argv[0] on
};

// The program that runs, which was called so. known_path: where it lies, if that is known; "" finds it
// out, as long as nobody replaced the file. No file where /proc is not there.
Program this_program(int argc, const char* const* argv, std::string known_path);

// What lies at the path by now, called in the same way. Error: kFailedPrecondition for what cannot be
// executed, kResourceExhausted.
Result<Program> next_version(const Program& program);

}  // namespace demo
