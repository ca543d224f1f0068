#pragma once

#include <sched.h>

#include <cstdlib>
#include <functional>
#include <string>
#include <thread>

namespace demo::test {

// Runs what in a thread with a network of its own, which has a loopback interface and what the commands (of
// sh(1)) made of it. False when the kernel forbids that: what was not run.
inline bool in_own_network(const std::string& commands, const std::function<void()>& what) {
  bool possible = false;
  std::thread([&] {
    possible = ::unshare(CLONE_NEWNET) == 0 && std::system(("ip link set lo up && " + commands).c_str()) == 0;
    if (possible) what();
  }).join();
  return possible;
}

inline constexpr const char* kWithoutIpv6 = "echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6";
inline constexpr const char* kNoOwnNetwork = "no right to a network of one's own, or no ip(8)";

}  // namespace demo::test
