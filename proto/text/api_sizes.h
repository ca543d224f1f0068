#pragma once

#include <cstddef>

// Sizes that both ends of the API know, so that democtl refuses what the daemon would refuse. They fit one
// another: what the file can say, the API can set and tell.
namespace demo::text {

// A request: beyond it gRPC ends the call, RESOURCE_EXHAUSTED. Other clients than democtl take no longer
// answer either unless they ask for it: gRPC's default.
inline constexpr std::size_t kApiMessageBytes = 4 * 1024 * 1024;
// A whole state as a message; a change that would make it longer is refused.
inline constexpr std::size_t kConfigBytes = 1280 * 1024;
// The body of a response as it is, however it is given: it is in every saved state, snapshot and answer of
// GetConfig. A longer one is refused, and is what body_size is for.
inline constexpr std::size_t kResponseBodyBytes = 512 * 1024;
// A configuration file, read by the daemon or sent to it; a longer one is refused unread.
inline constexpr std::size_t kConfigFileBytes = 3 * 1024 * 1024;
// A state that democtl sends as the JSON that it is, so that the daemon tells what is wrong with it. A longer
// one would not fit into a request, and is read by democtl: as a message it may be short enough.
inline constexpr std::size_t kStateTextBytes = 3 * 1024 * 1024;
// What a state or file is called that is sent as a text: it stands before each problem, in log lines and
// events. As long as a file's name may be (limits.h: NAME_MAX).
inline constexpr std::size_t kTextNameBytes = 255;

// GetConfig tells three states, and in what values they differ.
static_assert(3 * kConfigBytes < kApiMessageBytes);
static_assert(2 * kResponseBodyBytes <= kConfigBytes, "room for as many parts as there may be");
static_assert(2 * kConfigBytes < kConfigFileBytes && kConfigFileBytes < kApiMessageBytes);
static_assert(kStateTextBytes < kApiMessageBytes);

}  // namespace demo::text
