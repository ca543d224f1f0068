#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/result.h"

namespace demo {

// One host name to keep resolved. Identity: pool and endpoint.
struct NameTarget {
  std::string pool;
  std::string endpoint;  // the backend's endpoint text
  std::string host;
  std::uint16_t port = 0;
  std::chrono::milliseconds interval{30'000};
};

// Keeps the addresses of host names current: looks each one up at once and again after its interval, sooner
// after a failure. Owns its timers on the supervisor's loop (one thread); a failed lookup leaves the last
// good set in place.
class NameResolver {
 public:
  // Sorted, without repeats.
  using Addresses = std::vector<Address>;
  // By pool and endpoint.
  using Known = std::map<std::pair<std::string, std::string>, Addresses>;
  // Looks a name up without blocking and calls done once, on the loop.
  using Lookup = std::function<void(const std::string& host, std::uint16_t port,
                                    std::function<void(Result<Addresses>)> done)>;
  // Called on the loop when a target's set changed; may call configure().
  using OnChange = std::function<void(const NameTarget& target, const Addresses& addresses)>;
  // Called on the loop for the first failure after a success or the start.
  using OnFailure = std::function<void(const NameTarget& target, const std::string& reason)>;

  // loop is borrowed and outlives the resolver.
  NameResolver(boost::asio::io_context& loop, Lookup lookup, OnChange on_change, OnFailure on_failure);
  // No callback after it.
  ~NameResolver();

  // The whole list of targets: new ones are looked up, vanished ones forgotten, the others keep what they
  // have.
  void configure(std::vector<NameTarget> targets);

  // The last good sets; and those of another process, which count until a lookup says otherwise: before
  // configure().
  Known known() const;
  void remember(Known known) { remembered_ = std::move(known); }

  // The last good set; empty while a name was never resolved.
  Addresses addresses(const std::string& pool, const std::string& endpoint) const;

 private:
  class Name;
  using Key = std::pair<std::string, std::string>;

  boost::asio::io_context& loop_;
  const Lookup lookup_;
  const OnChange on_change_;
  const OnFailure on_failure_;
  Known remembered_;  // until configure()
  std::map<Key, std::shared_ptr<Name>> names_;
};

}  // namespace demo
