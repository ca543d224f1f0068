// Stands in for demo-server-worker in the tests of the supervisor: speaks the channel and answers every
// connection with its index, or misbehaves as the variable FAKE_WORKER says: "die", "mute", "garbage",
// "stall", "linger", "close", "crash", "complain", "deaf", "cramped" (has no room for the first descriptors),
// "busy" (counts a connection of each listener for good), "alone" (all but the first die), "ejects" (two
// addresses of a backend, and takes one back).
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "channel/channel.h"
#include "stats/stats_area.h"

namespace {

constexpr unsigned kRefusals = 5;

class FakeWorker {
 public:
  FakeWorker(unsigned index, unsigned page, demo::StatsArea stats, std::string manner)
      : index_(index),
        page_(stats.writable_page(page)),
        stats_(std::move(stats)),
        channel_(demo::UniqueFd(3)),
        manner_(std::move(manner)) {}

  int run() {
    if (manner_ == "deaf") be_deaf();
    while (!left_) {
      if (manner_ != "stall") page_.worker.heartbeat_ns.set(demo::monotonic_ns());
      wait();
      if (!read_messages()) return 1;
      accept_all();
    }
    return 0;
  }

 private:
  // Reads nothing, and says something on SIGUSR1, which is blocked since the start.
  void be_deaf() {
    sigset_t wanted;
    ::sigemptyset(&wanted);
    ::sigaddset(&wanted, SIGUSR1);
    int signal = 0;
    ::sigwait(&wanted, &signal);
    (void)channel_.send(demo::Ack{1, {}});
    for (;;) ::pause();
  }

  void wait() {
    std::vector<pollfd> entries{{channel_.fd(), POLLIN, 0}};
    for (const auto& [id, socket] : sockets_) entries.push_back({socket.fd.get(), POLLIN, 0});
    ::poll(entries.data(), entries.size(), 100);
  }

  bool read_messages() {
    for (;;) {
      auto message = channel_.receive();
      if (!message) return false;
      if (!*message) return !channel_.closed();
      if (auto* apply = std::get_if<demo::ApplySnapshot>(&**message)) {
        on_snapshot(*apply);
      } else if (std::holds_alternative<demo::Drain>(**message)) {
        on_drain();
      }
    }
  }

  void on_snapshot(demo::ApplySnapshot& apply) {
    if (manner_ == "mute") return;
    if (manner_ == "cramped" && refusals_ < kRefusals) {
      ++refusals_;
      (void)channel_.send(demo::Incomplete{});
      return;
    }
    if (manner_ == "busy") {
      for (const auto& listener : apply.snapshot.listeners)
        page_.listeners[listener.slot].connections_open.set(1);
    }
    if (manner_ == "ejects" && !told_) {
      told_ = true;
      for (const char* address : {"10.0.0.1:80", "10.0.0.2:80"}) {
        tell({"default", "two.test:80", *demo::Address::parse(address), demo::BackendNews::kEjected,
              "it failed"});
      }
      tell({"default", "two.test:80", *demo::Address::parse("10.0.0.2:80"), demo::BackendNews::kTakenBack,
            "time"});
    }
    if (manner_ == "garbage") {
      ::send(channel_.fd(), "garbage", 7, 0);
      return;
    }
    std::map<std::uint64_t, demo::SocketGrant> granted;
    for (demo::SocketGrant& socket : apply.sockets) {
      if (!socket.fd) socket.fd = std::move(sockets_.at(socket.id).fd);
      granted.emplace(socket.id, std::move(socket));
    }
    sockets_ = std::move(granted);
    page_.worker.generation.set(apply.snapshot.generation);
    std::vector<std::string> problems;
    if (manner_ == "complain") problems.emplace_back("a complaint");
    (void)channel_.send(demo::Ack{apply.snapshot.generation, problems});
    if (manner_ == "close") {
      ::close(channel_.fd());
      for (;;) ::pause();
    }
    if (manner_ == "crash") std::abort();
  }

  void tell(demo::BackendNotice notice) { (void)channel_.send(std::move(notice)); }

  void on_drain() {
    sockets_.clear();
    if (manner_ == "linger") return;
    (void)channel_.send(demo::Drained{3});
    left_ = true;
  }

  void accept_all() {
    for (const auto& [id, socket] : sockets_) {
      for (int fd = 0; (fd = ::accept4(socket.fd.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
        page_.worker.connections_accepted.add();
        page_.worker.connections_open.set(5);
        const std::string answer = std::to_string(index_);
        ::send(fd, answer.data(), answer.size(), MSG_NOSIGNAL);
        ::close(fd);
      }
    }
  }

  const unsigned index_;
  demo::StatsPage& page_;
  demo::StatsArea stats_;
  demo::Channel channel_;
  const std::string manner_;
  std::map<std::uint64_t, demo::SocketGrant> sockets_;
  bool left_ = false;
  unsigned refusals_ = 0;
  bool told_ = false;  // of its ejections
};

}  // namespace

int main(int argc, char** argv) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const char* const manner = std::getenv("FAKE_WORKER");
  if (manner != nullptr && std::string(manner) == "die") return 7;
  unsigned index = 0;
  unsigned page = 0;
  for (int i = 1; i + 1 < argc; ++i) {
    if (std::string(argv[i]) == "--index") index = static_cast<unsigned>(std::stoul(argv[i + 1]));
    if (std::string(argv[i]) == "--page") page = static_cast<unsigned>(std::stoul(argv[i + 1]));
  }
  if (manner != nullptr && std::string(manner) == "alone" && index != 0) return 7;
  auto stats = demo::StatsArea::open(demo::UniqueFd(4), page);
  if (!stats) return 9;
  return FakeWorker(index, page, std::move(*stats), manner == nullptr ? "" : manner).run();
}
