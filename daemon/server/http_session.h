#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "http/body_reader.h"
#include "http/head_cache.h"
#include "http/request_head.h"
#include "net/buffer_pool.h"
#include "net/client_abort.h"
#include "net/socket_ops.h"
#include "server/answered_connection.h"
#include "server/http_environment.h"
#include "server/response_plan.h"

namespace demo {

// One client connection in server mode: reads whole requests, answers each with what the worker's Answers
// say. Owns its descriptor and, only while they hold bytes, two buffers. In a worker's HttpServer.
//
//              head complete           body complete
//   kHead ───────────────────▶ kBody ───────────────▶ answer
//     ▲  ▲   (no body: answer)                          │ all sent       │ asked for a delay
//     │  └──────────────────────────────────────────────┤◀────────────── kDelay
//     │            all sent                             │ socket full, or a large body
//     └──────────────────────────────────────────────  kSend
//   After a last response, an error or a time-out the connection closes from any state. Work that would go
//   beyond a turn's allowance goes on in the next turn, from any state but kDelay.
class HttpSession final : public AnsweredConnection {
 public:
  using Environment = HttpEnvironment;

  HttpSession(Environment& environment, UniqueFd fd, ListenerHandle& listener)
      : AnsweredConnection(Watch::call<HttpSession>, Timer::call<HttpSession>, environment, std::move(fd),
                           listener) {}

  // Reads what is there already and registers with epoll if the connection stays open. May destroy the
  // session.
  void start(std::string_view received);

  // The settings say that connections close: an idle one does at once (after a moment's grace for a request
  // that may be under way), any other after its response. May destroy the session.
  void close_when_idle();

 private:
  friend class Watch;
  friend class Timer;

  enum class State : std::uint8_t { kHead, kBody, kDelay, kSend };
  // Whether the session still exists after a step; idle: and waits for its next request, with its timer set.
  enum class Alive : std::uint8_t { kNo, kYes, kIdle };

  void on_ready(std::uint32_t events);
  void on_timeout();
  void transition(State next);

  // Its own kind of environment: the constructor took no other.
  HttpEnvironment& http() const { return static_cast<HttpEnvironment&>(environment_); }

  // Input: http_session.cc. A step that answers kNo has ended the session: touch nothing after it.
  Alive drive(bool peer_may_have_ended);
  Alive receive_once(bool peer_may_have_ended, bool& readable);
  Alive take_bytes(std::string_view bytes, std::size_t already_seen);
  Alive take_head(std::string_view bytes, std::size_t already_seen, std::size_t& used);
  Alive take_body(std::string_view bytes, std::size_t& used);
  void keep(std::string_view rest);
  void arm_for_input();
  void go_on_next_turn();
  bool accepts_input() const { return !closing_ && (state_ == State::kHead || state_ == State::kBody); }

  // The common case: http_session_repeat.cc
  bool is_repeat(const CachedHead* head, std::size_t received) const;
  Alive answer_repeat(const CachedHead& head);

  // Answers: http_session_answer.cc
  // Whether the connection may stay open after the next response.
  bool may_keep() const { return may_persist() && environment_.policy.allows_another(requests_); }
  Alive answer();
  bool add_planned();
  Alive reject(Rejection rejection);
  Alive permit_body();
  Alive flush();
  Alive after_send(IoResult sent, std::string_view bytes, bool last);
  Alive continue_sending();

  // Ends: http_session_end.cc
  Alive finish() {
    end_after_last_answer();
    return Alive::kNo;
  }
  // Where the client is, should it leave now.
  AbortPlace place() const;
  void client_left();

  // The small ones first: they fill the last bytes of the base.
  State state_ = State::kHead;
  State resume_state_ = State::kHead;  // where kSend and kDelay return to
  bool partial_head_ = false;          // the time-out for the head is running
  bool input_unseen_ = false;          // input_ holds bytes that were not looked at yet
  bool answer_due_ = false;            // the plan is to be answered as soon as sending and the delay are over
  Buffer input_;                       // a partial head, or requests that wait for a response to be sent
  BodyReader body_;                    // the request body being read
  ResponsePlan plan_;                  // of the request being read or answered
  std::uint64_t request_deadline_ns_ = 0;  // for the whole of a request with a body
};
static_assert(sizeof(HttpSession) <= 256, "an idle connection costs at most 256 bytes of user memory");

}  // namespace demo
