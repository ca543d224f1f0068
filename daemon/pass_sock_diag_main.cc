// What the unit runs before each start of the daemon: opens the one socket that the daemon may not open, and
// has the service manager pass it. Links nothing of the daemon, since it runs with full rights.
#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

#include "base/diagnosis_socket.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace {

// For a manager that does not read; the unit starts the daemon all the same.
constexpr std::uint64_t kPatienceUs = 5'000'000;

constexpr std::string_view kHelp =
    "usage: pass-sock-diag\n"
    "\n"
    "Run by demo-server.service before each start, with full rights. It opens a socket by which the kernel "
    "tells\n"
    "who listens on a port and with which ports clients are in the middle of a handshake, sock_diag(7), and\n"
    "gives it to the service manager, which passes it to the daemon under the name \"diag\". The unit does "
    "not let\n"
    "the daemon itself open sockets of this family, AF_NETLINK.\n"
    "\n"
    "Without it the daemon serves all the same, but keeps the port of a listener that was removed for "
    "seconds,\n"
    "and does not name the program that has the port of a new one. By hand it is of no use.\n";

int fail(const std::string& why) {
  std::fputs(("pass-sock-diag: " + why + "\n").c_str(), stderr);
  return 1;
}

// The one of an earlier start goes first: whether its daemon began to serve or not, there is one at a time.
int pass(const demo::UniqueFd& socket) {
  const std::string name = fmt::format("FDNAME={}", demo::kDiagnosisSocketName);
  const std::string dropped = "FDSTOREREMOVE=1\n" + name;
  // A manager that looks for errors of it (FDPOLL) could drop it before the daemon has it.
  const std::string kept = "FDSTORE=1\nFDPOLL=0\n" + name;
  const int fd = socket.get();
  int result = ::sd_notify(0, dropped.c_str());
  if (result > 0) result = ::sd_pid_notify_with_fds(0, 0, kept.c_str(), &fd, 1);
  // It takes messages of processes that are there, and the daemon is started when this one has ended.
  if (result > 0) result = ::sd_notify_barrier(0, kPatienceUs);
  if (result > 0) return 0;
  if (result == 0) return fail("there is no service manager (NOTIFY_SOCKET): see --help");
  return fail("the service manager takes no socket: " + demo::errno_text(-result));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    const bool asked = argc == 2 && std::string_view(argv[1]) == "--help";
    std::fputs(kHelp.data(), asked ? stdout : stderr);
    return asked ? 0 : 2;
  }
  const demo::UniqueFd socket = demo::open_diagnosis_socket();
  if (!socket) return fail("cannot open a socket of sock_diag(7): " + demo::errno_text(errno));
  return pass(socket);
}
