#include "server/raw_room.h"

#include <utility>

namespace demo {

RawRoom::RawRoom(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& stats,
                 Answers& answers)
    : loop_(loop),
      buffers_(buffers),
      lingering_(lingering),
      stats_(stats.worker),
      service_time_(stats.service_time),
      answers_(answers),
      sessions_(loop) {}

RawRoom::~RawRoom() { cut(); }

void RawRoom::take(UniqueFd client, ListenerHandle& listener, const Address* peer, std::string_view received,
                   std::uint32_t served) {
  RawSession& session = sessions_.create(*this, std::move(client), listener, peer);
  session.next_ = std::exchange(first_, &session);
  if (session.next_ != nullptr) session.next_->previous_ = &session;
  session.requests_ = served;
  session.start(received);
}

void RawRoom::apply(const Snapshot& snapshot) {
  const bool kept = keepalive_.enabled;
  keepalive_ = snapshot.client_keepalive;
  timeouts_ = snapshot.client_timeouts;
  if (kept && !keepalive_.enabled) close_idle();
}

void RawRoom::leave(const ListenerHandle& listener) {
  for (RawSession* session = first_; session != nullptr;) {
    RawSession& current = *std::exchange(session, session->next_);
    if (&current.listener_ == &listener) current.close_when_idle();
  }
}

void RawRoom::drain() {
  draining_ = true;
  close_idle();
}

void RawRoom::close_idle() {
  for (RawSession* session = first_; session != nullptr;)
    std::exchange(session, session->next_)->close_when_idle();
}

std::uint64_t RawRoom::cut() {
  std::uint64_t count = 0;
  for (; first_ != nullptr; ++count) first_->close_now();
  return count;
}

void RawRoom::retire(RawSession& session) {
  (session.previous_ != nullptr ? session.previous_->next_ : first_) = session.next_;
  if (session.next_ != nullptr) session.next_->previous_ = session.previous_;
  sessions_.retire(session);
}

}  // namespace demo
