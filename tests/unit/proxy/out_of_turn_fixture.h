#pragma once

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>
#include <deque>
#include <filesystem>
#include <random>

#include "net/connection_budget.h"
#include "net/lingering_close.h"
#include "net/listener_handle.h"
#include "proxy/http_proxy.h"
#include "test_peer.h"
#include "unit/event/turns.h"

// Backends that speak out of turn, in every order of events that a turn of the loop can bring. Everything
// happens in one thread and over unix sockets, which deliver at once: what a backend sends between two turns
// is there in the next one, before or behind what clients sent.

namespace demo {

inline constexpr int kCases = 10'000;
inline constexpr unsigned kStepsPerCase = 12;

// False once the other side has ended.
inline bool take_bytes(int fd, std::string& into, std::size_t most = SIZE_MAX) {
  std::array<char, 4096> bytes;
  for (std::size_t taken = 0; taken < most;) {
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    into.append(bytes.data(), static_cast<std::size_t>(got));
    taken += static_cast<std::size_t>(got);
  }
  return true;
}

inline void put_bytes(int fd, std::string_view bytes) {
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

// What kind of an answer a request gets; its path begins with the word, so that the backend knows.
struct Kind {
  std::string_view word;
  std::string_view method;
  std::size_t upload = 0;  // bytes of the request's body
};
constexpr std::size_t kLargeBytes = 400'000;  // more than the sockets on the way hold
constexpr std::array<Kind, 10> kKinds{{{"plain", "GET"},
                                       {"plain", "HEAD"},
                                       {"plain", "POST"},
                                       {"chunked", "GET"},
                                       {"empty", "GET"},
                                       {"unmodified", "GET"},
                                       {"hinted", "GET"},
                                       {"early", "POST", 10},
                                       {"early", "PUT", 10},
                                       {"large", "GET"}}};

inline std::string body_of(std::string_view path) {
  std::string body(path);
  if (path.starts_with("/large")) body.resize(kLargeBytes, '.');
  return body;
}

inline std::string response_to(std::string_view path, bool head_only) {
  const std::string of = fmt::format("X-Of: {}\r\n", path);
  if (path.starts_with("/empty")) return "HTTP/1.1 204 No Content\r\n" + of + "\r\n";
  if (path.starts_with("/unmodified")) {
    return "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n" + of + "\r\n";
  }
  const std::string body = body_of(path);
  if (path.starts_with("/chunked")) {
    return fmt::format(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n{}\r\n{:x}\r\n{}\r\n0\r\nX-T: t\r\n\r\n", of,
        body.size(), body);
  }
  std::string hint;
  if (path.starts_with("/hinted")) hint = "HTTP/1.1 103 Early Hints\r\n" + of + "\r\n";
  return fmt::format("{}HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{}\r\n{}", hint, body.size(), of,
                     head_only ? "" : body);
}

inline constexpr std::array<std::string_view, 5> kUnasked{
    "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET",
    "HTTP/1.1 408 Request Timeout\r\nContent-Length: 6\r\n\r\nSECRET",
    "HTTP/1.1 100 Continue\r\nX-Of: SECRET\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX-Of: SECRET\r\nContent-Le",
    "\r\n",
};

// The backend's end of a connection, and what it has read.
struct Served {
  UniqueFd fd;
  std::string unread;
  std::string unsent;
  std::size_t body_left = 0;  // of a request's body, most of them answered before it came
  bool spoiled = false;       // something followed an answer in the same bytes
  // Neither a byte of a request waits here nor an answer is owed: what is sent now was not asked for.
  bool quiet() const {
    int waiting = 0;
    ::ioctl(fd.get(), FIONREAD, &waiting);
    return unread.empty() && unsent.empty() && waiting == 0;
  }
};

struct Asker {
  UniqueFd fd;
  std::string path;  // of the request that is out; empty: none
  Kind kind;
  std::size_t upload_left = 0;  // bytes of its body that were not sent
  std::string received;
};

class OutOfTurn : public testing::Test {
 protected:
  OutOfTurn() {
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    std::strncpy(where.sun_path, (folder_ + "/b").c_str(), sizeof where.sun_path - 1);
    EXPECT_EQ(::bind(listening_.get(), reinterpret_cast<sockaddr*>(&where), sizeof where), 0);
    EXPECT_EQ(::listen(listening_.get(), 128), 0);
    use_backend(Address::parse("unix:" + folder_ + "/b").value());
  }
  ~OutOfTurn() override {
    http_.cut();
    std::filesystem::remove_all(folder_);
  }

  void use_backend(const Address& address) {
    Snapshot snapshot;
    snapshot.client_keepalive.enabled = true;
    SnapshotPool pool;
    pool.name = "default";
    SnapshotMember member;
    member.address = address;
    member.endpoint.text = "b";
    pool.members.push_back(member);
    pool.ejection.consecutive_failures = 0;
    snapshot.pools.push_back(pool);
    SnapshotListener listener;
    listener.mode = ListenerMode::kProxy;
    listener.pool = "default";
    snapshot.listeners.push_back(listener);
    handle_.taker = &http_;
    handle_.spec = listener;
    http_.apply(snapshot);
  }

  unsigned any(std::size_t below) { return static_cast<unsigned>(random_() % below); }

  void connect(Asker& asker) {
    int ends[2];
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
    asker.fd.reset(ends[0]);
    handle_.connection_opened();
    http_.take(UniqueFd(ends[1]), handle_, nullptr, {}, 0);
  }

  void ask(Asker& asker, const Kind& kind) {
    if (!asker.path.empty()) return;
    if (!asker.fd) connect(asker);
    asker.kind = kind;
    asker.path = fmt::format("/{}-{}", kind.word, ++asked_);
    asker.upload_left = kind.upload;
    const bool has_body = kind.method.starts_with('P');
    put_bytes(asker.fd.get(),
              fmt::format("{} {} HTTP/1.1\r\nHost: h\r\n{}\r\n", kind.method, asker.path,
                          has_body ? fmt::format("Content-Length: {}\r\n", kind.upload) : ""));
    if (any(2) == 0) upload(asker);
  }
  void ask(Asker& asker) { ask(asker, kKinds[any(any(20) == 0 ? kKinds.size() : kKinds.size() - 1)]); }

  // A part of what is left of its request's body, or all of it.
  void upload(Asker& asker) {
    const std::size_t part = std::min<std::size_t>(asker.upload_left, any(2) == 0 ? 4 : 10);
    if (!asker.fd || part == 0) return;
    put_bytes(asker.fd.get(), std::string(part, 'u'));
    asker.upload_left -= part;
  }

  void accept_all() {
    for (;;) {
      UniqueFd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd) return;
      served_.emplace_back().fd = std::move(fd);
    }
  }

  // Answers what has come, some of it before the request's body did; extra follows the last answer in the
  // same bytes.
  void serve(Served& served, std::string_view extra) {
    const bool open = take_bytes(served.fd.get(), served.unread);
    take_body(served);
    bool answered = false;
    std::size_t end = 0;
    while ((end = served.unread.find("\r\n\r\n")) != std::string::npos) {
      const std::string head = served.unread.substr(0, end);
      served.unread.erase(0, end + 4);
      EXPECT_FALSE(served.spoiled) << "asked again: " << head;
      if (head.find("Content-Length: 10") != std::string::npos) served.body_left = 10;
      take_body(served);
      const std::size_t from = head.find(' ') + 1;
      served.unsent += response_to(head.substr(from, head.find(' ', from) - from), head.starts_with("HEAD"));
      answered = true;
    }
    if (answered && !extra.empty()) {
      served.unsent += extra;
      served.spoiled = true;
    }
    go_on(served);
    if (!open) served.fd.reset();
  }

  static void take_body(Served& served) {
    const std::string body = served.unread.substr(0, served.body_left);
    EXPECT_THAT(body, testing::Each('u')) << "a request in the place of a body";
    served.unread.erase(0, body.size());
    served.body_left -= body.size();
  }

  static void go_on(Served& served) {
    if (!served.fd || served.unsent.empty()) return;
    const ssize_t sent =
        ::send(served.fd.get(), served.unsent.data(), served.unsent.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) served.unsent.erase(0, static_cast<std::size_t>(sent));
  }

  void speak(Served& served) {
    if (!served.fd || !served.quiet()) return;
    const unsigned what = any(kUnasked.size() + 2);
    if (what < kUnasked.size()) put_bytes(served.fd.get(), kUnasked[what]);
    if (what == kUnasked.size()) ::shutdown(served.fd.get(), SHUT_WR);
    if (what == kUnasked.size() + 1 || any(3) == 0) served.fd.reset();
  }

  // Takes a whole response, which must be the one that was asked for, or the proxy's own.
  void listen_to(Asker& asker) {
    if (!asker.fd) return;
    const bool open = take_bytes(asker.fd.get(), asker.received);
    EXPECT_THAT(asker.received.substr(0, 4096), testing::Not(testing::HasSubstr("SECRET")));
    if (!asker.path.empty()) take_response(asker);
    EXPECT_TRUE(asker.path.empty() || open)
        << asker.path << " was not answered: " << asker.received.substr(0, 99);
    if (asker.path.empty()) {
      EXPECT_EQ(asker.received, "") << "more than an answer";
    }
    // A body that was answered before all of it came leaves nothing that a next request could follow.
    if (!open || (asker.path.empty() && asker.upload_left > 0)) asker = {};
  }

  void take_response(Asker& asker) {
    const std::string of = fmt::format("X-Of: {}\r\n", asker.path);
    std::string_view bytes = asker.received;
    if (bytes.starts_with("HTTP/1.1 103 ")) {
      const std::size_t end = bytes.find("\r\n\r\n");
      if (end == std::string_view::npos) return;
      EXPECT_THAT(std::string(bytes.substr(0, end)), testing::HasSubstr(of.substr(0, of.size() - 2)));
      bytes.remove_prefix(end + 4);
    }
    const std::size_t head = bytes.find("\r\n\r\n");
    if (head == std::string_view::npos) return;
    if (bytes.starts_with("HTTP/1.1 50")) {
      ++failed_;
      asker = {};
      return;
    }
    EXPECT_THAT(std::string(bytes.substr(0, head + 2)), testing::HasSubstr(of));
    const std::string_view body = bytes.substr(head + 4);
    const bool bare =
        asker.kind.method == "HEAD" || asker.kind.word == "empty" || asker.kind.word == "unmodified";
    std::string due = bare ? "" : body_of(asker.path);
    if (asker.kind.word == "chunked") due = fmt::format("{:x}\r\n{}\r\n0\r\nX-T: t\r\n\r\n", due.size(), due);
    if (body.size() < due.size()) return;
    EXPECT_TRUE(body == due) << body.substr(0, 99);
    ++answered_;
    asker.received.clear();
    asker.path.clear();
  }

  // Ends what the case began: every request gets its answer.
  void finish_case() {
    for (int i = 0; i < 100 && !all_quiet(); ++i) {
      turns_.turn();
      accept_all();
      for (Served& served : served_) {
        if (served.fd) serve(served, {});
      }
      for (Asker& asker : askers_) {
        upload(asker);
        listen_to(asker);
      }
    }
    EXPECT_TRUE(all_quiet()) << "a request was not answered";
    std::erase_if(served_, [](const Served& served) { return !served.fd; });
  }
  bool all_quiet() const {
    for (const Asker& asker : askers_) {
      if (!asker.path.empty()) return false;
    }
    return true;
  }

  void step() {
    Asker& asker = askers_[any(askers_.size())];
    Served* served = served_.empty() ? nullptr : &served_[any(served_.size())];
    if (served != nullptr && !served->fd) served = nullptr;
    switch (any(8)) {
      case 0:
      case 1:
        return ask(asker);
      case 2:
        if (served != nullptr) serve(*served, {});
        return;
      case 3:
        if (served != nullptr) serve(*served, any(4) == 0 ? kUnasked[any(kUnasked.size())] : "");
        return;
      case 4:
        if (served != nullptr) speak(*served);
        return;
      case 5:
        upload(asker);
        return listen_to(asker);
      default:
        turns_.turn();
        accept_all();
    }
  }

  std::mt19937 random_{42};
  Turns turns_;
  BufferPool buffers_{turns_.loop().housekeeping()};
  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  LingeringClose lingering_{turns_.loop(), buffers_};
  ConnectionBudget budget_{1000};
  ListenerHandle handle_{SnapshotListener{}, stats_->listeners[0], stats_->worker, budget_};
  HttpProxy http_{turns_.loop(), buffers_, lingering_, *stats_, 0, ProxyOutlook{}};
  std::string folder_ = std::filesystem::temp_directory_path() / fmt::format("demo-turn-{}", ::getpid());
  bool made_ = std::filesystem::create_directory(folder_);
  UniqueFd listening_{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  std::vector<Served> served_;
  std::array<Asker, 3> askers_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace demo
