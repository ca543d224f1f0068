// Preloaded into the daemon under test: a worker that accepts its first client tries what one would try that
// somebody has taken over. A line for each attempt, its name and the errno (0: it was let), goes to the file
// that DEMO_TEST_FINDINGS names, and then "done". With DEMO_TEST_DEADLY it tries that one thing alone, which
// is to end it.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/perf_event.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <string>

#include "first_client.h"

namespace {

template <typename Call>
void attempt(const char* name, Call call) {
  errno = 0;
  const auto result = static_cast<long>(call());
  tell(std::string(name) + " " + std::to_string(result == -1 ? errno : 0) + "\n");
}

long mapping(int protection) {
  return reinterpret_cast<long>(::mmap(nullptr, 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

void try_files() {
  attempt("open", [] { return ::open("/etc/hostname", O_RDONLY); });
  attempt("open-own-memory", [] { return ::open("/proc/self/mem", O_RDWR); });
  attempt("openat2", [] { return ::syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0); });
  attempt("create", [] { return ::open("written", O_WRONLY | O_CREAT, 0600); });
  attempt("mkdir", [] { return ::mkdir("made", 0700); });
  attempt("unlink", [] { return ::unlink("control.sock"); });
  attempt("chmod", [] { return ::chmod(".", 0777); });
  attempt("stat", [] {
    struct stat found {};
    return ::stat("/etc/hostname", &found);
  });
  attempt("mount", [] { return ::mount("none", "/mnt", "tmpfs", 0, nullptr); });
  attempt("chroot", [] { return ::chroot("."); });
}

void try_sockets() {
  const int tcp = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const int local = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  attempt("tcp-socket", [&] { return tcp; });
  attempt("unix-socket", [&] { return local; });
  attempt("bind", [&] {
    sockaddr_in address{AF_INET, 0, {htonl(INADDR_LOOPBACK)}, {}};
    return ::bind(tcp, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  });
  attempt("listen", [&] { return ::listen(tcp, 1); });
  attempt("socket-filter", [&] { return ::setsockopt(tcp, SOL_SOCKET, SO_ATTACH_FILTER, "", 0); });
  attempt("socketpair", [] {
    int ends[2];
    return ::socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
  });
  attempt("packet-socket", [] { return ::socket(AF_PACKET, SOCK_RAW, 0); });
  attempt("netlink-socket", [] { return ::socket(AF_NETLINK, SOCK_RAW, 0); });
  attempt("raw-socket", [] { return ::socket(AF_INET, SOCK_RAW, IPPROTO_ICMP); });
  attempt("vsock-socket", [] { return ::socket(AF_VSOCK, SOCK_STREAM, 0); });
  attempt("unix-datagram-socket", [] { return ::socket(AF_UNIX, SOCK_DGRAM, 0); });
}

void try_processes() {
  const pid_t supervisor = ::getppid();
  attempt("fork", [] { return ::syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, 0); });
  attempt("kill", [&] { return ::kill(supervisor, 0); });
  attempt("kill-group", [] { return ::kill(0, 0); });
  attempt("tgkill", [&] { return ::syscall(SYS_tgkill, supervisor, supervisor, 0); });
  attempt("sigqueue", [&] { return ::sigqueue(supervisor, 0, {}); });
  attempt("pidfd_open", [&] { return ::syscall(SYS_pidfd_open, supervisor, 0); });
  attempt("pidfd_getfd", [&] { return ::syscall(SYS_pidfd_getfd, 0, 0, 0); });
  attempt("pidfd_send_signal", [&] { return ::syscall(SYS_pidfd_send_signal, 0, 0, nullptr, 0); });
  attempt("affinity", [&] {
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(0, &cores);
    return ::sched_setaffinity(supervisor, sizeof cores, &cores);
  });
  attempt("priority", [] { return ::setpriority(PRIO_PROCESS, 0, 1); });
  attempt("limits-of-others", [&] {
    rlimit limit{};
    return ::prlimit(supervisor, RLIMIT_NOFILE, nullptr, &limit);
  });
  attempt("own-limits", [] {
    const rlimit limit{};
    return ::setrlimit(RLIMIT_CORE, &limit);
  });
  attempt("shared-memory", [] { return ::shmget(IPC_PRIVATE, 4096, IPC_CREAT | 0600); });
}

void try_kernel() {
  attempt("dumpable", [] { return ::prctl(PR_SET_DUMPABLE, 1, 0, 0, 0); });
  attempt("setuid", [] { return ::setuid(0); });
  attempt("unshare", [] { return ::unshare(CLONE_NEWUSER); });
  attempt("bpf", [] { return ::syscall(SYS_bpf, BPF_MAP_CREATE, nullptr, 0); });
  attempt("io_uring", [] { return ::syscall(SYS_io_uring_setup, 1, nullptr); });
  attempt("userfaultfd", [] { return ::syscall(SYS_userfaultfd, 0); });
  attempt("perf", [] { return ::syscall(SYS_perf_event_open, nullptr, 0, -1, -1, 0); });
  attempt("keyctl", [] { return ::syscall(SYS_keyctl, 0, 0, 0, 0, 0); });
  attempt("terminal", [] { return ::ioctl(0, TIOCSTI, ""); });
  attempt("owner-of-signals", [] { return ::fcntl(0, F_SETOWN, 1); });
  attempt("map-code", [] { return mapping(PROT_READ | PROT_EXEC); });
  attempt("make-code", [] {
    return ::mprotect(reinterpret_cast<void*>(mapping(PROT_READ | PROT_WRITE)), 4096, PROT_READ | PROT_EXEC);
  });
}

void try_deadly(const std::string& name) {
  char byte = 0;
  const iovec here{&byte, 1};
  const iovec there{&byte, 1};
  char* const arguments[] = {const_cast<char*>("true"), nullptr};
  attempt(name.c_str(), [&]() -> long {
    if (name == "execve") return ::execve("/bin/true", arguments, nullptr);
    if (name == "execveat") return ::syscall(SYS_execveat, 0, "", arguments, nullptr, AT_EMPTY_PATH);
    if (name == "ptrace") return ::ptrace(PTRACE_ATTACH, ::getppid(), nullptr, nullptr);
    if (name == "process_vm_readv") return ::process_vm_readv(::getppid(), &here, 1, &there, 1, 0);
    if (name == "process_vm_writev") return ::process_vm_writev(::getppid(), &here, 1, &there, 1, 0);
#ifdef __x86_64__
    if (name == "x32") return ::syscall(0x40000000 | SYS_getpid);
#endif
    std::abort();
  });
}

void act() {
  if (const char* const deadly = std::getenv("DEMO_TEST_DEADLY"); deadly != nullptr) {
    try_deadly(deadly);
  } else {
    try_files();
    try_sockets();
    try_processes();
    try_kernel();
  }
  tell("done\n");
}

}  // namespace
