#pragma once

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace demo {

// What kind of failure the caller has to handle; control/ maps each to one gRPC status.
enum class ErrorCode : std::uint8_t {
  kInvalidArgument,  // the input is wrong whatever the state is
  kNotFound,
  kAlreadyExists,
  kFailedPrecondition,  // the state does not allow it
  kAborted,             // the state moved on (expected generation)
  kPermissionDenied,
  kResourceExhausted,  // a limit, descriptors, disk, ports
  kUnavailable,        // try again
  kDeadlineExceeded,
  kInternal,
};

// A failure as the user sees it: one sentence, and where it applies the field and the value that caused it.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;
  std::string field;              // dotted path such as "listener.address"; may be empty
  std::string value;              // the offending value as given; may be empty
  std::vector<Error> parts = {};  // where it tells of several problems together: each of them

  bool operator==(const Error&) const = default;
};

inline Error invalid(std::string field, std::string value, std::string message) {
  return {ErrorCode::kInvalidArgument, std::move(message), std::move(field), std::move(value)};
}

// An outcome the caller handles. Broken invariants do not use it: they abort and the supervisor respawns.
template <typename T>
using Result = boost::system::result<T, Error>;
using Status = boost::system::result<void, Error>;

// Called by Result::value() on an error: asking for the value of a failure is a broken invariant.
[[noreturn]] void throw_exception_from_error(const Error& error, const boost::source_location& where);

// The system's text for errno, for the end of a message: "bind: " + errno_text(errno).
std::string errno_text(int error_number);

}  // namespace demo
