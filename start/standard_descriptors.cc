#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Descriptors 0 to 2 are open before anything else: where the caller has closed one of them (sh(1), ">&-"),
// nothing that is opened later takes its place and is read or written as if it were standard input or output.
// It leads to /dev/null the wrong way round, so that reading from input and writing to output still fail,
// with EBADF (read(2), write(2)).
namespace {

void open_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    // The lowest free number is the one that is missing: open(2). Called by number, since a sanitizer would
    // answer to the names before it is set up.
    if (::syscall(SYS_fcntl, fd, F_GETFD) >= 0) continue;
    ::syscall(SYS_openat, AT_FDCWD, "/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

// main() would be too late: libraries open descriptors when they are loaded. What stands here runs before
// every one of them (System V ABI, "Initialization and Termination Functions").
[[gnu::section(".preinit_array"), gnu::used]] void (*g_before_all)() = open_standard_descriptors;

}  // namespace
