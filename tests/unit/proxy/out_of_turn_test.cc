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
#include "proxy/proxy_room.h"
#include "test_peer.h"
#include "unit/event/turns.h"

// Backends that speak out of turn, in every order of events that a turn of the loop can bring. Everything
// happens in one thread and over unix sockets, which deliver at once: what a backend sends between two turns
// is there in the next one, before or behind what clients sent.

namespace demo {
namespace {

constexpr int kCases = 10'000;
constexpr unsigned kStepsPerCase = 12;

bool take_bytes(int fd, std::string& into) {
  std::array<char, 4096> bytes;
  for (;;) {
    const ssize_t got = ::recv(fd, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got <= 0) return got < 0 && errno == EAGAIN;
    into.append(bytes.data(), static_cast<std::size_t>(got));
  }
}

void put_bytes(int fd, std::string_view bytes) {
  ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

std::string response_to(std::string_view path, bool head_only) {
  return fmt::format("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{}", path.size(), head_only ? "" : path);
}

// The backend's end of a connection, and what it has read.
struct Served {
  UniqueFd fd;
  std::string unread;
  // Neither a byte of a request waits here nor an answer is owed: what is sent now was not asked for.
  bool quiet() const {
    int waiting = 0;
    ::ioctl(fd.get(), FIONREAD, &waiting);
    return unread.empty() && waiting == 0;
  }
};

struct Asker {
  UniqueFd fd;
  std::string path;  // of the request that is out; empty: none
  bool head_only = false;
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
    room_.cut();
    std::filesystem::remove_all(folder_);
  }

  void use_backend(const Address& address) {
    Snapshot snapshot;
    snapshot.client_keepalive.enabled = true;
    SnapshotPool pool;
    pool.name = "default";
    SnapshotMember member;
    member.address = address;
    member.name = "b";
    pool.members.push_back(member);
    pool.ejection.consecutive_failures = 0;
    snapshot.pools.push_back(pool);
    SnapshotListener listener;
    listener.mode = ListenerMode::kProxy;
    listener.pool = "default";
    snapshot.listeners.push_back(listener);
    handle_.taker = &room_;
    handle_.spec = listener;
    room_.apply(snapshot);
  }

  unsigned any(std::size_t below) { return static_cast<unsigned>(random_() % below); }

  void ask(Asker& asker, bool may_post) {
    if (!asker.path.empty()) return;
    if (!asker.fd) {
      int ends[2];
      ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends), 0);
      asker.fd.reset(ends[0]);
      handle_.connection_opened();
      room_.take(UniqueFd(ends[1]), handle_, nullptr, {});
    }
    asker.path = fmt::format("/of-{}", ++asked_);
    const unsigned kind = any(may_post ? 4 : 3);
    asker.head_only = kind == 1;
    const char* method = kind == 1 ? "HEAD" : kind == 3 ? "POST" : "GET";
    put_bytes(asker.fd.get(), fmt::format("{} {} HTTP/1.1\r\nHost: h\r\n{}\r\n", method, asker.path,
                                          kind == 3 ? "Content-Length: 0\r\n" : ""));
  }

  void accept_all() {
    for (;;) {
      UniqueFd fd(::accept4(listening_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!fd) return;
      served_.push_back({std::move(fd), {}});
    }
  }

  // Answers what has come; extra follows the last answer in the same bytes.
  void serve(Served& served, std::string_view extra) {
    const bool open = take_bytes(served.fd.get(), served.unread);
    std::string out;
    std::size_t end = 0;
    while ((end = served.unread.find("\r\n\r\n")) != std::string::npos) {
      const std::string head = served.unread.substr(0, end);
      served.unread.erase(0, end + 4);
      const std::size_t from = head.find(' ') + 1;
      out += response_to(head.substr(from, head.find(' ', from) - from), head.starts_with("HEAD"));
    }
    if (!out.empty()) put_bytes(served.fd.get(), out + std::string(extra));
    if (!open) served.fd.reset();
  }

  void speak(Served& served) {
    if (!served.fd || !served.quiet()) return;
    switch (any(6)) {
      case 0:
        return put_bytes(served.fd.get(), "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET");
      case 1:
        put_bytes(served.fd.get(), "HTTP/1.1 408 Request Timeout\r\nContent-Length: 6\r\n\r\nSECRET");
        return served.fd.reset();
      case 2:
        return put_bytes(served.fd.get(), "HTTP/1.1 100 Continue\r\n\r\n");
      case 3:
        return put_bytes(served.fd.get(), "HTTP/1.1 200 OK\r\nContent-Le");
      case 4:
        ::shutdown(served.fd.get(), SHUT_WR);
        return;
      default:
        return served.fd.reset();
    }
  }

  // Takes a whole response, which must be the one that was asked for, or the proxy's own.
  void listen_to(Asker& asker) {
    if (!asker.fd) return;
    const bool open = take_bytes(asker.fd.get(), asker.received);
    EXPECT_THAT(asker.received, testing::Not(testing::HasSubstr("SECRET")));
    const std::size_t head = asker.received.find("\r\n\r\n");
    if (head != std::string::npos && !asker.path.empty()) {
      if (asker.received.starts_with("HTTP/1.1 200")) {
        const std::size_t size = asker.head_only ? 0 : asker.path.size();
        if (asker.received.size() < head + 4 + size) return;
        EXPECT_EQ(asker.received.substr(head + 4), asker.head_only ? "" : asker.path);
        ++answered_;
        asker.received.clear();
      } else {
        EXPECT_THAT(asker.received, testing::StartsWith("HTTP/1.1 50"));
        ++failed_;
        asker = {};
        return;
      }
      asker.path.clear();
    }
    EXPECT_TRUE(asker.path.empty() || open || !asker.received.empty()) << asker.path << " was not answered";
    if (!open) asker = {};
  }

  // Ends what the case began: every request gets its answer.
  void finish_case() {
    for (int i = 0; i < 100 && !all_quiet(); ++i) {
      turns_.turn();
      accept_all();
      for (Served& served : served_) {
        if (served.fd) serve(served, {});
      }
      for (Asker& asker : askers_) listen_to(asker);
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
    switch (any(6)) {
      case 0:
      case 1:
        return ask(asker, true);
      case 2:
        if (served != nullptr && served->fd) serve(*served, {});
        return;
      case 3:
        if (served != nullptr && served->fd) {
          serve(*served, any(4) == 0 ? "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET" : "");
        }
        return;
      case 4:
        if (served != nullptr) speak(*served);
        return;
      default:
        turns_.turn();
        accept_all();
        listen_to(asker);
    }
  }

  std::mt19937 random_{42};
  Turns turns_;
  BufferPool buffers_;
  std::unique_ptr<StatsPage> stats_ = std::make_unique<StatsPage>();
  LingeringClose lingering_{turns_.loop(), buffers_};
  ConnectionBudget budget_{1000};
  ListenerHandle handle_{SnapshotListener{}, stats_->listeners[0], stats_->worker, budget_};
  ProxyRoom room_{turns_.loop(), buffers_, lingering_, *stats_, 0, ProxyOutlook{}};
  std::string folder_ = std::filesystem::temp_directory_path() / fmt::format("demo-turn-{}", ::getpid());
  bool made_ = std::filesystem::create_directory(folder_);
  UniqueFd listening_{::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
  std::vector<Served> served_;
  std::array<Asker, 3> askers_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t failed_ = 0;
};

TEST_F(OutOfTurn, NoResponseReachesAnotherRequest) {
  for (int i = 0; i < kCases && !HasFailure(); ++i) {
    SCOPED_TRACE(i);
    for (unsigned s = 0; s < kStepsPerCase && !HasFailure(); ++s) step();
    finish_case();
  }
  EXPECT_GT(answered_, asked_ * 9 / 10) << failed_ << " failed of " << asked_;
  EXPECT_GT(stats_->backends[0].retries.get(), 100U) << "nobody spoke out of turn";
}

// Over TCP a connection takes a moment: a backend that accepts may speak before the proxy knows.
TEST_F(OutOfTurn, GreetingOfANewConnectionIsNotTheAnswer) {
  test::TestBackend greeter;
  use_backend(greeter.address());
  ask(askers_[0], false);
  turns_.turn();
  ASSERT_EQ(stats_->backends[0].connects.get(), 1U);
  test::TestPeer served = greeter.accept();
  served.send("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nSECRET");
  int on_its_way = 1;
  for (int i = 0; i < 100'000 && on_its_way > 0; ++i) ::ioctl(served.fd(), SIOCOUTQ, &on_its_way);
  ASSERT_EQ(on_its_way, 0);
  EXPECT_TRUE(turns_.until([&] {
    listen_to(askers_[0]);
    return failed_ == 1 || greeter.has_connection();
  }));
  EXPECT_EQ(stats_->backends[0].response_errors.get(), 1U);
}

}  // namespace
}  // namespace demo
