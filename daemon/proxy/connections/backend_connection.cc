#include "proxy/connections/backend_connection.h"

#include <sys/socket.h>

#include <array>

#include "base/connect_failure.h"
#include "proxy/connections/stray_response.h"

// Whose are the bytes that a backend sends? A connection that is kept serves one request after the other,
// and the loop learns in batches what happened meanwhile: an event that a turn brings is older than all that
// is done in that turn. What a backend's bytes, or its end, can meet, and what is made of them:
//
//   idle, alone in a turn             unasked: retired
//   idle, before the client's event   the same; the client gets another connection
//   taken and asked behind it         older than the request: out of turn, another one is asked
//   given back and taken again        the same: the turn of the last taking counts; an event that tells of no
//                                     more than its last user has read before it gave it back is not counted
//   taken, the sending fails          the same, whatever waits there
//   taken, nothing sent yet           what may not be sent twice is not sent: a look comes first, and what
//                                     this turn still tells is older than that look, which found nothing
//   new, with its connecting          it spoke before it was asked: another one is asked
//   asked in an earlier turn          the answer; but a 408 on a connection that was kept is about the time
//                                     before: another one is asked (RFC 9110 section 15.5.9)
//   answered, the client is slow      excess: not kept. Who ends an answer before this turn's event came asks
//                                     for it first
//   answered, in the same bytes       excess: not kept
//
// What remains: bytes that a backend sends unasked after the loop looked (epoll_wait(2)) and before the
// request arrives there. Nothing in them tells them from an answer, and to look once more before each request
// would cost a system call.
namespace demo {

bool BackendConnection::failed_here() const {
  if (error_number_ != 0) {
    return connect_failure(error_number_, member_.spec.address) == ConnectFailure::kShortage;
  }
  return socket.gone() && socket.failure() == IoOutcome::kFailed;
}

IoOutcome BackendConnection::look() {
  const IoOutcome waits = socket.look();
  if (is_broken(waits)) socket.broke(waits);
  if (waits == IoOutcome::kAgain) {
    socket.drained();
    heard();
  }
  return waits;
}

bool BackendConnection::is_silent() {
  if (!socket.readable() && heard_in_this_turn()) return true;
  // The last receive filled its space, bytes were spliced, or an event may still be to come in this turn:
  // only asking tells whether more came unasked.
  char more = 0;
  const bool silent = socket.receive({&more, 1}).outcome == IoOutcome::kAgain;
  heard();
  return silent;
}

void BackendConnection::on_ready(std::uint32_t events) {
  // What waited when the turn began is known already if somebody has asked since; what came after that has an
  // event of its own, in the next turn.
  const bool news = !heard_in_this_turn();
  heard();
  socket.note(news ? events : events & EPOLLOUT);
  switch (state_) {
    case State::kConnecting:
      finish_connecting(events);
      if (state_ == State::kConnecting) return;
      return races_ ? member_.owner.on_race_decided(*this) : user_->on_backend_event();
    case State::kBusy:
      if (news && taken_in_this_turn() && socket.readable()) {
        out_of_turn_ = true;
        if (holds_stray_response()) member_.owner.on_stray_response(member_);
      }
      return user_->on_backend_event();
    case State::kIdle:
      // Nothing is due on an idle connection: the backend closed it, or talks unasked.
      if (socket.readable()) {
        Member& member = member_;
        const bool stray = holds_stray_response();
        member.owner.on_rest_over(*this);
        if (stray) member.owner.on_stray_response(member);
      }
      return;
    case State::kParting:
      return member_.owner.on_parting_heard(*this);
    case State::kFailed:
      return;
  }
}

bool BackendConnection::holds_stray_response() const {
  std::array<char, kStrayLook> begin{};
  const ssize_t got = ::recv(socket.fd(), begin.data(), begin.size(), MSG_PEEK | MSG_DONTWAIT);
  return got > 0 && is_stray_response({begin.data(), static_cast<std::size_t>(got)});
}

Parting BackendConnection::parting() const {
  PartingFacts facts = parting_;
  facts.ended = socket.ended();
  return demo::parting(facts);
}

void BackendConnection::finish_connecting(std::uint32_t events) {
  if (events & (EPOLLERR | EPOLLHUP)) {
    socklen_t size = sizeof error_number_;
    ::getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, &error_number_, &size);
    transition(State::kFailed);
  } else if (events & EPOLLOUT) {
    transition(State::kBusy);
  }
}

void BackendConnection::on_timeout() {
  if (state_ == State::kConnecting) return member_.owner.on_connect_due(*this);
  // The timer is left running when the connection is taken: it means something only while idle.
  if (state_ == State::kIdle || state_ == State::kParting) member_.owner.on_rest_over(*this);
}

}  // namespace demo
