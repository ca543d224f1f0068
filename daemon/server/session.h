#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/unique_fd.h"
#include "event/timer_wheel.h"
#include "event/yielding_watch.h"
#include "http/body_reader.h"
#include "http/head_cache.h"
#include "http/request_head.h"
#include "net/buffer_pool.h"
#include "net/client_abort.h"
#include "net/listener_handle.h"
#include "net/socket_ops.h"
#include "server/body_stream.h"
#include "server/response_plan.h"

namespace demo {

class ServerRoom;

// One client connection in server mode: reads whole requests, answers each with what the room's Answers say.
// Owns its descriptor and, only while they hold bytes, two buffers. In a worker's ServerRoom.
//
//              head complete           body complete
//   kHead ───────────────────▶ kBody ───────────────▶ answer
//     ▲  ▲   (no body: answer)                          │ all sent       │ asked for a delay
//     │  └──────────────────────────────────────────────┤◀────────────── kDelay
//     │            all sent                             │ socket full, or a large body
//     └──────────────────────────────────────────────  kSend
//   After a last response, an error or a time-out the connection closes from any state. Work that would go
//   beyond a turn's allowance goes on in the next turn, from any state but kDelay.
class Session final : public YieldingWatch, public Timer {
 public:
  Session(ServerRoom& room, UniqueFd fd, ListenerHandle& listener);

  // Reads what is there already and registers with epoll if the connection stays open. May destroy the
  // session.
  void start(std::string_view received);

  // The settings say that connections close: an idle one does at once (after a moment's grace for a request
  // that may be under way), any other after its response. May destroy the session.
  void close_when_idle();

 private:
  friend class Watch;
  friend class Timer;
  friend class ServerRoom;

  enum class State : std::uint8_t { kHead, kBody, kDelay, kSend };
  // Whether the session still exists after a step; idle: and waits for its next request, with its timer set.
  enum class Alive : std::uint8_t { kNo, kYes, kIdle };

  void on_ready(std::uint32_t events);
  void on_timeout();
  void transition(State next);

  // Input: session.cc. A step that answers kNo has ended the session: touch nothing after it.
  Alive drive(bool peer_may_have_ended);
  Alive receive_once(bool peer_may_have_ended, bool& readable);
  Alive take_bytes(std::string_view bytes, std::size_t already_seen);
  Alive take_head(std::string_view bytes, std::size_t already_seen, std::size_t& used);
  Alive take_body(std::string_view bytes, std::size_t& used);
  void keep(std::string_view rest);
  void arm_for_input();
  void go_on_next_turn();
  bool accepts_input() const { return !closing_ && (state_ == State::kHead || state_ == State::kBody); }

  // The common case: session_repeat.cc
  bool is_repeat(const CachedHead* head, std::size_t received) const;
  Alive answer_repeat(const CachedHead& head);

  // Answers: session_answer.cc
  void plan_for(const RequestHead& head);
  void plan_persistence(bool persistent, unsigned minor_version);
  // Whether the settings let the connection live on after a response.
  bool may_persist() const;
  Alive answer();
  bool add_answer();
  void start_body(std::uint64_t size, bool chunked);
  Alive reject(Rejection rejection);
  Alive flush();
  Alive after_send(IoResult sent, std::string_view bytes, bool last);
  Alive continue_sending();
  void count_request();
  void count_sent(std::size_t bytes);

  // Ends: session_end.cc
  // How long the connection may wait for the first byte of a request.
  std::chrono::milliseconds idle_time() const;
  Alive finish();
  // With a reset when not all of a response was sent.
  void close_now();
  // Where the client is, should it leave now.
  AbortPlace place() const;
  void client_left();
  void hand_over();

  ServerRoom& room_;
  ListenerHandle& listener_;
  Buffer input_;                           // a partial head, or requests that wait for a response to be sent
  BodyStream output_;                      // what the socket did not take, or the large body being sent
  BodyReader body_;                        // the request body being read
  ResponsePlan plan_;                      // of the request being read or answered
  std::uint64_t request_deadline_ns_ = 0;  // for the whole of a request with a body
  Session* previous_ = nullptr;            // not owned; the room's list
  Session* next_ = nullptr;                // not owned
  std::uint32_t requests_ = 0;             // answered, in the rooms before too
  State state_ = State::kHead;
  State resume_state_ = State::kHead;  // where kSend and kDelay return to
  // In one byte, for the sake of the size.
  bool registered_ : 1 = false;
  bool peer_kept_ : 1 = false;     // the room knows whose connection it is
  bool partial_head_ : 1 = false;  // the time-out for the head is running
  bool input_unseen_ = false;      // input_ holds bytes that were not looked at yet
  bool answer_due_ = false;        // the plan is to be answered as soon as sending and the delay are over
  bool closing_ = false;           // nothing more is read: close when everything is sent
  bool unread_ = false;            // bytes of the client may be unread when it closes: close gently
  UniqueFd fd_;
};
static_assert(sizeof(Session) <= 256, "an idle connection costs at most 256 bytes of user memory");

}  // namespace demo
