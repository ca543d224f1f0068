#include "call_count.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <new>
#include <utility>

namespace demo::test {
namespace {

thread_local CallCount* counting = nullptr;
thread_local bool watches_refused = false;
thread_local unsigned failing_calls = 0;
thread_local int failing_port = 0;
thread_local int failing_errno = 0;

}  // namespace

CallCount::CallCount() { counting = this; }
CallCount::~CallCount() { counting = nullptr; }

std::map<std::string, unsigned> CallCount::finish() {
  counting = nullptr;
  return std::move(calls_);
}

void CallCount::note(const char* name) {
  CallCount* const count = std::exchange(counting, nullptr);  // the map allocates as well
  if (count == nullptr) return;
  ++count->calls_[name];
  counting = count;
}

NoMoreWatches::NoMoreWatches() { watches_refused = true; }
NoMoreWatches::~NoMoreWatches() { watches_refused = false; }

bool refuses_watches() { return watches_refused; }

FailingCalls::FailingCalls(int port, int error_number, unsigned which) {
  failing_port = port;
  failing_errno = error_number;
  failing_calls = which;
}
FailingCalls::~FailingCalls() { failing_calls = 0; }

// Sets errno where the call is to fail.
bool fails(unsigned call, int fd) {
  if ((failing_calls & call) == 0) return false;
  sockaddr_in peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != failing_port) return false;
  errno = failing_errno;
  return true;
}

// The real function behind the one that is defined here under its name.
template <typename Function>
Function* real(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

void pretend_to_fail(int& error_number) {
  if ((failing_calls & FailingCalls::kConnect) != 0 && error_number != 0) error_number = failing_errno;
}

}  // namespace demo::test

using demo::test::CallCount;
using demo::test::FailingCalls;
using demo::test::fails;
using demo::test::real;

extern "C" {

ssize_t recv(int fd, void* into, size_t size, int flags) {
  static auto* const call = real<ssize_t(int, void*, size_t, int)>("recv");
  CallCount::note("recv");
  if (fails(FailingCalls::kReceive, fd)) return -1;
  return call(fd, into, size, flags);
}

ssize_t send(int fd, const void* bytes, size_t size, int flags) {
  static auto* const call = real<ssize_t(int, const void*, size_t, int)>("send");
  CallCount::note("send");
  if (fails(FailingCalls::kSend, fd)) return -1;
  return call(fd, bytes, size, flags);
}

int epoll_ctl(int epoll, int operation, int fd, epoll_event* event) noexcept {
  static auto* const call = real<int(int, int, int, epoll_event*)>("epoll_ctl");
  CallCount::note("epoll_ctl");
  if (operation == EPOLL_CTL_ADD && demo::test::refuses_watches()) {
    errno = ENOSPC;
    return -1;
  }
  return call(epoll, operation, fd, event);
}

int close(int fd) {
  static auto* const call = real<int(int)>("close");
  CallCount::note("close");
  return call(fd);
}

int shutdown(int fd, int how) noexcept {
  static auto* const call = real<int(int, int)>("shutdown");
  CallCount::note("shutdown");
  return call(fd, how);
}

int socket(int family, int type, int protocol) noexcept {
  static auto* const call = real<int(int, int, int)>("socket");
  CallCount::note("socket");
  return call(family, type, protocol);
}

int setsockopt(int fd, int level, int name, const void* value, socklen_t size) noexcept {
  static auto* const call = real<int(int, int, int, const void*, socklen_t)>("setsockopt");
  CallCount::note("setsockopt");
  return call(fd, level, name, value, size);
}

int getsockopt(int fd, int level, int name, void* value, socklen_t* size) noexcept {
  static auto* const call = real<int(int, int, int, void*, socklen_t*)>("getsockopt");
  CallCount::note("getsockopt");
  const int result = call(fd, level, name, value, size);
  if (name == SO_ERROR) demo::test::pretend_to_fail(*static_cast<int*>(value));
  return result;
}

ssize_t splice(int from, off64_t* from_offset, int to, off64_t* to_offset, size_t size, unsigned flags) {
  static auto* const call = real<ssize_t(int, off64_t*, int, off64_t*, size_t, unsigned)>("splice");
  CallCount::note((flags & SPLICE_F_MORE) != 0 ? "splice with more to come" : "splice");
  if (fails(FailingCalls::kSplice, from) || fails(FailingCalls::kSplice, to)) return -1;
  return call(from, from_offset, to, to_offset, size, flags);
}

}  // extern "C"

void* operator new(std::size_t size) {
  CallCount::note("new");
  void* memory = std::malloc(size);
  if (memory == nullptr) std::abort();
  return memory;
}

void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
