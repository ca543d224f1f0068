#include "proxy/backend_connection.h"

#include <sys/socket.h>

#include "proxy/backend_pool.h"

namespace demo {

void ConnectionList::push_front(BackendConnection& connection) {
  connection.previous_ = nullptr;
  connection.next_ = first_;
  (first_ != nullptr ? first_->previous_ : last_) = &connection;
  first_ = &connection;
  ++size_;
}

void ConnectionList::remove(BackendConnection& connection) {
  (connection.previous_ != nullptr ? connection.previous_->next_ : first_) = connection.next_;
  (connection.next_ != nullptr ? connection.next_->previous_ : last_) = connection.previous_;
  --size_;
}

void BackendConnection::on_ready(std::uint32_t events) {
  socket.note(events);
  switch (state_) {
    case State::kConnecting:
      finish_connecting(events);
      if (state_ != State::kConnecting) user_->on_backend_event();
      return;
    case State::kBusy:
      return user_->on_backend_event();
    case State::kIdle:
      // Nothing is due on an idle connection: the backend closed it, or talks unasked.
      if (socket.readable()) member_.pool.retire_idle(*this);
      return;
    case State::kFailed:
      return;
  }
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
  // The timer is left running when the connection is taken: it means something only while idle.
  if (state_ == State::kIdle) member_.pool.retire_idle(*this);
}

}  // namespace demo
