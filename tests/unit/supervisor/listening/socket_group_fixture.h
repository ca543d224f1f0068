#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "base/limits.h"
#include "supervisor/listening/socket_diagnosis.h"
#include "supervisor/listening/socket_group.h"

namespace demo {

inline constexpr std::uint64_t kSecondNs = 1'000'000'000;

// Drives a group over real sockets on loopback with workers that are only told about: time and
// acknowledgements are the test's.
class SocketGroupTest : public testing::Test {
 protected:
  SocketGroupTest() { listener_.address = *Address::parse("127.0.0.1:0"); }

  void set_workers(unsigned count) {
    places_.clear();
    for (unsigned i = 0; i < count; ++i) places_.push_back({i, i});
    for (unsigned i = static_cast<unsigned>(standings_.size()); i < count; ++i) {
      standings_.push_back({{i, i}, true, true, true, 0});
    }
    for (WorkerStanding& standing : standings_) {
      standing.serving = standing.ready = standing.place.index < count;
    }
  }
  GroupClock clock() { return {standings_, version_ + 1, now_}; }
  void acknowledge() {
    for (WorkerStanding& standing : standings_) standing.acked_version = version_;
  }
  void change(AcceptMode mode) {
    ASSERT_TRUE(group_.prepare(listener_, mode, places_));
    group_.commit(clock());
    ++version_;
  }
  // One turn of the supervisor.
  bool settle() {
    const bool changed = group_.settle(clock());
    if (changed) ++version_;
    return changed;
  }
  // Turns until nothing is left to wait for, with all workers in step and time passing.
  void settle_all() {
    for (int turn = 0; turn < 100 && group_.pending(); ++turn) {
      acknowledge();
      settle();
      now_ += kSecondNs;
    }
    EXPECT_FALSE(group_.pending());
  }
  void settle_all_removed(int turns = 100) {
    for (int turn = 0; turn < turns && !group_.empty(); ++turn) {
      acknowledge();
      settle();
      now_ += kSecondNs / 10;
    }
  }
  std::vector<std::vector<SocketLoan>> loans() {
    std::vector<std::vector<SocketLoan>> loans(standings_.size());
    group_.lend(standings_, 5, loans);
    return loans;
  }
  std::set<std::uint64_t> lent_ids() {
    std::set<std::uint64_t> ids;
    for (const auto& list : loans()) {
      for (const SocketLoan& loan : list) ids.insert(loan.id);
    }
    return ids;
  }
  UniqueFd connect_client() {
    UniqueFd client(::socket(group_.bound().family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
    EXPECT_EQ(::connect(client.get(), group_.bound().sockaddr_ptr(), group_.bound().sockaddr_size()), 0);
    EXPECT_EQ(::send(client.get(), "x", 1, 0), 1);
    return client;
  }
  // Accepts on all lent sockets; how many connections each gave, by socket.
  std::map<std::uint64_t, int> accept_all() {
    std::map<std::uint64_t, int> accepted;
    for (const auto& list : loans()) {
      for (const SocketLoan& loan : list) {
        for (int fd = 0; (fd = ::accept4(loan.fd.get(), nullptr, nullptr, SOCK_CLOEXEC)) >= 0;) {
          ::close(fd);
          ++accepted[loan.id];
        }
      }
    }
    return accepted;
  }
  // Connects; the sockets that got the connections.
  std::set<std::uint64_t> selected(int connections = 40) {
    std::vector<UniqueFd> clients;
    for (int i = 0; i < connections; ++i) clients.push_back(connect_client());
    std::set<std::uint64_t> ids;
    int total = 0;
    for (const auto& [id, count] : accept_all()) {
      ids.insert(id);
      total += count;
    }
    EXPECT_EQ(total, connections);
    return ids;
  }

  Listener listener_;
  std::vector<WorkerPlace> places_;
  std::vector<WorkerStanding> standings_;
  std::uint64_t version_ = 1;
  std::uint64_t now_ = 100 * kSecondNs;
  int questions_ = 0;
  SocketDiagnosis diagnosis_;
  OpenHandshakes handshakes_{[this] {
                               ++questions_;
                               return diagnosis_.ports_with_open_handshakes();
                             },
                             [this] { return now_; }};
  SocketGroup group_{[] {
                       Listener first;
                       first.address = *Address::parse("127.0.0.1:0");
                       return first;
                     }(),
                     handshakes_};
};

}  // namespace demo
