#include "net/lingering_close.h"

#include <sys/socket.h>

#include <utility>

#include "base/limits.h"
#include "net/socket_ops.h"

namespace demo {

void Lingerer::on_ready(std::uint32_t) { owner_.drain(*this); }
void Lingerer::on_timeout() { owner_.finish(*this); }

std::uint64_t LingeringClose::cut() {
  std::uint64_t ended = 0;
  for (; !all_.empty(); ++ended) finish(all_.front());
  return ended;
}

void LingeringClose::take(UniqueFd client, ListenerHandle& listener, bool registered) {
  const int fd = client.get();
  ::shutdown(fd, SHUT_WR);
  Lingerer& lingerer = lingerers_.create(*this, std::move(client), listener);
  all_.push_front(lingerer);
  constexpr std::uint32_t kEvents = EPOLLIN | EPOLLRDHUP | EPOLLET;
  const Status watched = registered ? loop_.modify(fd, kEvents, lingerer) : loop_.add(fd, kEvents, lingerer);
  if (!watched) return finish(lingerer);
  loop_.timers().arm(lingerer, limits::kLingerTimeout);
}

void LingeringClose::drain(Lingerer& lingerer) {
  for (;;) {
    const IoResult got = receive(lingerer.fd_.get(), buffers_.scratch());
    if (got.outcome == IoOutcome::kAgain) return;
    lingerer.drained_bytes_ += got.bytes;
    if (got.outcome != IoOutcome::kDone || lingerer.drained_bytes_ > limits::kLingerDrainBytes) {
      return finish(lingerer);
    }
  }
}

void LingeringClose::finish(Lingerer& lingerer) {
  ListenerHandle& listener = lingerer.listener_;
  lingerers_.retire(lingerer);
  listener.connection_closed();
}

}  // namespace demo
