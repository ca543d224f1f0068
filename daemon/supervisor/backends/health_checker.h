#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/log_limit.h"
#include "supervisor/backends/health_target.h"

namespace demo {

// Active checks of backends: a TCP connect or an HTTP request, repeated with jitter. Owns the checks' sockets
// and timers on the supervisor's loop (one thread); what a verdict means for traffic is the supervisor's.
class HealthChecker {
 public:
  struct Verdict {
    bool up = true;
    bool checked = false;                // at least one check was made
    std::string reason = "not checked";  // of the last change: "connect: Connection refused", "status 500"
    std::string shortage;                // why this host cannot make the check just now; empty when it can
  };
  // Called on the loop whenever a target goes up or down; may call configure().
  using OnChange = std::function<void(const HealthTarget& target, bool up, const std::string& reason)>;
  // A target that was down is not checked any more, so that nobody will hear that it is up.
  using OnEnd = std::function<void(const HealthTarget& target)>;

  // Pool, endpoint and address, as text.
  using Key = std::tuple<std::string, std::string, std::string>;
  using Known = std::map<Key, Verdict>;

  // loop is borrowed and outlives the checker.
  HealthChecker(boost::asio::io_context& loop, OnChange on_change, OnEnd on_end);
  // Ends every check; no callback after it.
  ~HealthChecker();

  // The whole list of targets: new ones start to be checked, vanished ones stop, those that were down with a
  // callback, the others go on with their counts and take over changed settings.
  void configure(std::vector<HealthTarget> targets);

  // Every verdict of a check that was made, for the program that goes on in this one's place; and what the
  // one before found, which the first configure() goes on from.
  Known known() const;
  void remember(Known known) { remembered_ = std::move(known); }

  // What is known of a target; up for one that is not checked, or not yet.
  Verdict verdict(const std::string& pool, const std::string& endpoint, const Address& address) const;

 private:
  class Check;

  void stop_all();

  boost::asio::io_context& loop_;
  const OnChange on_change_;
  const OnEnd on_end_;
  std::minstd_rand random_;
  LogLimit shortage_log_;
  Known remembered_;
  std::map<Key, std::shared_ptr<Check>> checks_;
};

}  // namespace demo
