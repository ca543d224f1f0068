#pragma once

#include <string>
#include <utility>

#include "base/result.h"

// Supervisor and worker share memory and messages that only processes of one build lay out alike. They are of
// two when their programs were replaced while the supervisor ran.
namespace demo {

// What was looked at is of another build than this process.
inline Error other_build(std::string field, std::string message) {
  return {ErrorCode::kFailedPrecondition, std::move(message), std::move(field), ""};
}

inline bool is_other_build(const Error& error) { return error.code == ErrorCode::kFailedPrecondition; }

}  // namespace demo
