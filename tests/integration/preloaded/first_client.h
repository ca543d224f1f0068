#pragma once

// What libraries share that are preloaded into a worker to act for somebody who has taken it over: with the
// first client that it accepts they call act(), which each of them has, and what came of that is written to
// DEMO_TEST_FINDINGS.
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

namespace {

int findings = -1;

bool in_worker() { return std::strcmp(program_invocation_short_name, "demo-server-worker") == 0; }

void tell(const std::string& lines) { (void)!::write(findings, lines.data(), lines.size()); }

// Before it lets go of all files.
__attribute__((constructor)) void open_findings() {
  const char* const path = std::getenv("DEMO_TEST_FINDINGS");
  if (in_worker() && path != nullptr)
    findings = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

void act();

}  // namespace

extern "C" int accept4(int socket, sockaddr* address, socklen_t* size, int flags) {
  using Accept = int (*)(int, sockaddr*, socklen_t*, int);
  static const auto next = reinterpret_cast<Accept>(::dlsym(RTLD_NEXT, "accept4"));
  static bool acted = !in_worker();
  const int accepted = next(socket, address, size, flags);
  if (accepted >= 0 && !acted) {
    acted = true;
    act();
  }
  return accepted;
}
