#pragma once

#include <sys/socket.h>

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "base/unique_fd.h"

namespace demo {

// A client's stay at a socket of the API, from accept(2) to its end: who it is, what it has under way, and
// how it is shown out. Shared by who accepts it, relays its bytes and answers its calls. Thread-safe.
class Visit {
 public:
  // now_ns: on the monotonic clock. refusal: what its calls are answered, one sentence; empty: they are
  // served. account: unset for the uid.
  Visit(const ucred& client, std::uint64_t now_ns, std::string refusal = {},
        std::optional<std::uint64_t> account = std::nullopt)
      : client_(client),
        account_(account.value_or(client.uid)),
        refusal_(std::move(refusal)),
        since_ns_(now_ns) {}

  // Says nothing of a client of TCP.
  const ucred& client() const { return client_; }
  // Whom it counts for: the uid on a unix socket; over TCP the address, of IPv6 the network of 64 bits.
  std::uint64_t account() const { return account_; }
  const std::string& refusal() const { return refusal_; }

  enum class Work : std::uint8_t { kCall, kStream };
  // Under way until the last copy of what is returned is gone, which keeps the visit.
  static std::shared_ptr<const void> begin(const std::shared_ptr<Visit>& visit, Work work);

  // Of one without a call under way; the least has been of no use for longest.
  struct Rest {
    bool watches = false;        // has streams
    std::uint64_t since_ns = 0;  // when something began or ended last
    std::strong_ordering operator<=>(const Rest&) const = default;
  };
  std::optional<Rest> rest() const;

  // Shows the client out: calls what on_end() was given, at once if the end came first. Idempotent.
  void end();
  bool ended() const;
  // Once. call: on the thread of end(), without a lock.
  void on_end(std::function<void()> call);

 private:
  void count(Work work, std::ptrdiff_t by);

  const ucred client_;
  const std::uint64_t account_;
  const std::string refusal_;
  mutable std::mutex mutex_;
  std::ptrdiff_t under_way_[2] = {0, 0};  // by Work
  std::uint64_t since_ns_;
  bool ended_ = false;
  std::function<void()> on_end_;
};

// An accepted connection and whose it is.
struct Guest {
  UniqueFd connection;
  std::shared_ptr<Visit> visit;
};

}  // namespace demo
