#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace demo {

// What a policy asks about members while it chooses.
class MemberLoads {
 public:
  // Requests in flight at the member now, in all workers.
  virtual std::uint64_t of(std::size_t index) = 0;
  // of() may be asked soon: what it reads is fetched into the cache, while other work goes on.
  virtual void prefetch(std::size_t index) = 0;

 protected:
  MemberLoads() = default;
  ~MemberLoads() = default;
};

// Chooses one of a set of members for a request: one policy, which keeps what it remembers between requests
// and nothing about connections. Pure; not one of its functions but configure() costs more than the logarithm
// of the number of members. Members are known by their index, and each is in or out: chosen from, or not.
class Balancer {
 public:
  static constexpr std::size_t kNone = static_cast<std::size_t>(-1);

  // What lasts about a member.
  struct Member {
    std::uint64_t key = 0;  // hash of its identity: the same in every worker
    unsigned weight = 0;    // as configured, in the scale of set_weight()
  };

  Balancer() = default;
  virtual ~Balancer() = default;
  Balancer(const Balancer&) = delete;
  Balancer& operator=(const Balancer&) = delete;

  // Takes over members; what is remembered of those that stay (same key) goes on. All of them are out.
  virtual void configure(std::span<const Member> members) = 0;
  // The weight in force (slow start): any scale that is common to all, at most kBalancerWeight. 0: out.
  virtual void set_weight(std::size_t index, unsigned weight) = 0;
  // The member's requests in flight are another number now.
  virtual void set_load(std::size_t index, std::uint64_t load) = 0;
  // Who is next; kNone when nobody is in. Only asks: whoever is not taken is next again, where the policy
  // knows of turns. hash: of what the policy goes by; ignored by the others.
  virtual std::size_t pick(std::uint64_t hash, MemberLoads& loads) = 0;
  // A member that is in gets the request.
  virtual void take(std::size_t index) = 0;
  // Who is probably next (among equals: certainly, if nothing changes), so that its memory can be fetched in
  // time; the policy fetches what its own pick() and take() will look at. kNone where nobody knows.
  virtual std::size_t foresee(MemberLoads& loads);
};

inline std::size_t Balancer::foresee(MemberLoads&) { return kNone; }

// The largest weight in force.
inline constexpr unsigned kBalancerWeight = 1'000'000;

}  // namespace demo
