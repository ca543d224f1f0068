#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>

namespace demo {

inline void write_timestamp(std::chrono::system_clock::time_point at, google::protobuf::Timestamp& message) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch());
  const auto rest = std::chrono::duration_cast<std::chrono::nanoseconds>(at.time_since_epoch() - seconds);
  message.set_seconds(seconds.count());
  message.set_nanos(static_cast<std::int32_t>(rest.count()));
}

}  // namespace demo
