#include "server/server_room.h"

#include <utility>

namespace demo {

ServerRoom::ServerRoom(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& stats,
                       Answers& answers)
    : loop_(loop),
      buffers_(buffers),
      lingering_(lingering),
      stats_(stats.worker),
      service_time_(stats.service_time),
      answers_(answers),
      sessions_(loop) {}

ServerRoom::~ServerRoom() { cut(); }

void ServerRoom::take(UniqueFd client, ListenerHandle& listener, const Address* peer,
                      std::string_view received, std::uint32_t served) {
  Session& session = sessions_.create(*this, std::move(client), listener);
  if (peer != nullptr) {
    session.peer_kept_ = true;
    peers_.emplace(&session, *peer);
  }
  session.requests_ = served;
  enlist(session);
  session.start(received);
}

void ServerRoom::apply(const Snapshot& snapshot) {
  // What a head asks for depends on the settings only through shaping.
  if (snapshot.response.shaping != shaping_) heads_ = HeadCache();
  shaping_ = snapshot.response.shaping;
  const bool kept = keepalive_.enabled;
  keepalive_ = snapshot.client_keepalive;
  timeouts_ = snapshot.client_timeouts;
  if (kept && !keepalive_.enabled) close_idle();
}

void ServerRoom::leave(const ListenerHandle& listener) {
  for (Session* session = first_; session != nullptr;) {
    Session& current = *std::exchange(session, session->next_);
    if (&current.listener_ == &listener) current.close_when_idle();
  }
}

void ServerRoom::drain() {
  draining_ = true;
  close_idle();
}

std::string_view ServerRoom::error_response(Rejection rejection) {
  answers_.refresh_date(loop_.now_ns());
  return write_error_response(error_text_, rejection, answers_.date());
}

void ServerRoom::close_idle() {
  for (Session* session = first_; session != nullptr;)
    std::exchange(session, session->next_)->close_when_idle();
}

std::uint64_t ServerRoom::cut() {
  std::uint64_t count = 0;
  for (; first_ != nullptr; ++count) first_->close_now();
  return count;
}

void ServerRoom::enlist(Session& session) {
  session.next_ = std::exchange(first_, &session);
  if (session.next_ != nullptr) session.next_->previous_ = &session;
}

void ServerRoom::retire(Session& session) {
  (session.previous_ != nullptr ? session.previous_->next_ : first_) = session.next_;
  if (session.next_ != nullptr) session.next_->previous_ = session.previous_;
  if (session.peer_kept_) peers_.erase(&session);
  sessions_.retire(session);
}

}  // namespace demo
