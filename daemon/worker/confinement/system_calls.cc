#include "worker/confinement/system_calls.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <initializer_list>
#include <memory>

#include "base/result.h"
#include "worker/confinement/sanitized.h"

namespace demo {
namespace {

// Whatever their arguments. The kernel remembers which calls these are, and does not run the filter for them
// (from 5.11 on): all that a request on a kept connection takes is among them.
constexpr int kFree[] = {
    // Clients and backends.
    SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait), SCMP_SYS(epoll_ctl), SCMP_SYS(recvfrom), SCMP_SYS(sendto),
    SCMP_SYS(accept4), SCMP_SYS(close), SCMP_SYS(connect), SCMP_SYS(shutdown), SCMP_SYS(recvmsg),
    SCMP_SYS(sendmsg), SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(splice),
    SCMP_SYS(sendfile), SCMP_SYS(sendfile64), SCMP_SYS(pipe2), SCMP_SYS(poll), SCMP_SYS(ppoll),
    SCMP_SYS(getsockopt), SCMP_SYS(getsockname), SCMP_SYS(getpeername),
    // Memory, and files that are nothing else.
    SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(memfd_create),
    SCMP_SYS(ftruncate), SCMP_SYS(pread64), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(fstat),
    SCMP_SYS(dup2), SCMP_SYS(dup3),
    // Clocks, timers and threads: the one that writes a log which stands still.
    SCMP_SYS(clock_gettime), SCMP_SYS(clock_getres), SCMP_SYS(gettimeofday), SCMP_SYS(time),
    SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep), SCMP_SYS(alarm), SCMP_SYS(setitimer), SCMP_SYS(futex),
    SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu), SCMP_SYS(membarrier),
    SCMP_SYS(set_robust_list), SCMP_SYS(rseq), SCMP_SYS(set_tid_address),
    // What the C library asks for by itself, and the end.
    SCMP_SYS(getrandom), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getrusage), SCMP_SYS(sysinfo),
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack),
    SCMP_SYS(restart_syscall), SCMP_SYS(exit), SCMP_SYS(exit_group)};

// No library tries these: whoever does has taken the worker over, and the log is to say that it ended.
constexpr int kDeadly[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
                           SCMP_SYS(process_vm_writev)};

constexpr std::uint64_t kTypeOfSocket = 0xf;  // the rest are flags, socket(2)

class SystemCallFilter {
 public:
  SystemCallFilter() : rules_(::seccomp_init(SCMP_ACT_ERRNO(EPERM))) {
    if (!rules_) error_ = ENOMEM;
    set(SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    set(SCMP_FLTATR_CTL_TSYNC, 1);
    // Whether privileges are gone was seen before.
    set(SCMP_FLTATR_CTL_NNP, 0);
    // A tree instead of a list.
    set(SCMP_FLTATR_CTL_OPTIMIZE, 2);
  }

  // With arguments as they are said to be, if any.
  void add(std::uint32_t action, int call, std::initializer_list<scmp_arg_cmp> arguments = {}) {
    if (error_ == 0)
      error_ = -::seccomp_rule_add_array(rules_.get(), action, call, static_cast<unsigned>(arguments.size()),
                                         arguments.begin());
  }
  void allow(int call, std::initializer_list<scmp_arg_cmp> arguments = {}) {
    add(SCMP_ACT_ALLOW, call, arguments);
  }

  // errno; 0: it is in force.
  int load() {
    if (error_ == 0) error_ = -::seccomp_load(rules_.get());
    return error_;
  }

 private:
  struct Release {
    void operator()(scmp_filter_ctx rules) const { ::seccomp_release(rules); }
  };

  void set(scmp_filter_attr what, std::uint32_t value) {
    if (error_ == 0) error_ = -::seccomp_attr_set(rules_.get(), what, value);
  }

  std::unique_ptr<void, Release> rules_;
  int error_ = 0;
};

scmp_arg_cmp is(unsigned argument, std::uint64_t value) { return {argument, SCMP_CMP_EQ, value, 0}; }
// The bits under the mask.
scmp_arg_cmp has(unsigned argument, std::uint64_t mask, std::uint64_t value) {
  return {argument, SCMP_CMP_MASKED_EQ, mask, value};
}

// To backends, and what connect_failure.h asks the routing table with. No raw, packet or netlink sockets.
void allow_sockets(SystemCallFilter& filter) {
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int type : {SOCK_STREAM, SOCK_DGRAM})
      filter.allow(SCMP_SYS(socket), {is(0, static_cast<std::uint64_t>(family)),
                                      has(1, kTypeOfSocket, static_cast<std::uint64_t>(type))});
  }
  filter.allow(SCMP_SYS(socket), {is(0, AF_UNIX), has(1, kTypeOfSocket, SOCK_STREAM)});
  filter.allow(SCMP_SYS(setsockopt), {is(1, IPPROTO_TCP), is(2, TCP_NODELAY)});
  filter.allow(SCMP_SYS(setsockopt), {is(1, SOL_SOCKET), is(2, SO_LINGER)});
  filter.allow(SCMP_SYS(setsockopt), {is(1, SOL_SOCKET), is(2, SO_OOBINLINE)});
}

void allow_descriptors(SystemCallFilter& filter) {
  for (const int command : {F_GETFL, F_SETPIPE_SZ, F_GETPIPE_SZ, F_GET_SEALS})
    filter.allow(SCMP_SYS(fcntl), {is(1, static_cast<std::uint64_t>(command))});
  // What fstat(3) is; the path cannot be looked at.
  filter.allow(SCMP_SYS(newfstatat), {is(3, AT_EMPTY_PATH)});
  // To read limits.
  filter.allow(SCMP_SYS(prlimit64), {is(0, 0), is(2, 0)});
}

// No code but what the program came with, no process but this one.
void allow_memory_and_threads(SystemCallFilter& filter) {
  filter.allow(SCMP_SYS(mmap), {has(2, PROT_EXEC, 0)});
  filter.allow(SCMP_SYS(mprotect), {has(2, PROT_EXEC, 0)});
  filter.allow(SCMP_SYS(clone), {has(0, CLONE_THREAD, CLONE_THREAD)});
  // Its flags are behind a pointer; the C library then takes clone(2).
  filter.add(SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3));
  filter.allow(SCMP_SYS(tgkill), {is(0, static_cast<std::uint64_t>(::getpid()))});
}

int load_filter() {
  SystemCallFilter filter;
  for (const int call : kFree) filter.allow(call);
  for (const int call : kDeadly) filter.add(SCMP_ACT_KILL_PROCESS, call);
  allow_sockets(filter);
  allow_descriptors(filter);
  allow_memory_and_threads(filter);
  return filter.load();
}

}  // namespace

void filter_system_calls(Confinement& confinement) {
  if (is_instrumented()) return;
  const int error = load_filter();
  confinement.system_calls_filtered = error == 0;
  if (error != 0)
    confinement.problems.push_back(fmt::format("system calls cannot be filtered: {}", errno_text(error)));
}

}  // namespace demo
