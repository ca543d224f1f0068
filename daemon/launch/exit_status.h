#pragma once

namespace demo {

// Exit statuses of the daemon, demo-server(8).
inline constexpr int kFailure = 1;
inline constexpr int kUsage = 2;
// The workers serve on, and another supervisor is to take over: the unit starts it whatever ended this one.
inline constexpr int kLeft = 5;

}  // namespace demo
