#include "control/admission/gate.h"

#include <fmt/format.h>

#include <utility>

#include "base/limits.h"

namespace demo {
namespace {

// Of one user at one endpoint; further ones are refused: RESOURCE_EXHAUSTED.
constexpr std::size_t kCallsOfOne = 1024;
constexpr std::size_t kStreamsOfOne = 1024;
// Of all users at one endpoint.
constexpr std::size_t kCalls = 4096;
static_assert(kStreamsOfOne < limits::kControlWatchers && kCallsOfOne < kCalls,
              "one user must not keep the others out");

}  // namespace

Gate::Gate(std::string endpoint, Identify identify)
    : endpoint_(std::move(endpoint)),
      identify_(std::move(identify)),
      calls_(kCallsOfOne, kCalls),
      streams_(kStreamsOfOne, limits::kControlWatchers) {}

Result<Pass> Gate::admit_call(const grpc::ServerContextBase& context, std::optional<Role> needed) {
  return admit(context, needed, calls_, "calls");
}

Result<Pass> Gate::admit_stream(const grpc::ServerContextBase& context, std::optional<Role> needed) {
  return admit(context, needed, streams_, "streams");
}

Result<Pass> Gate::admit(const grpc::ServerContextBase& context, std::optional<Role> needed,
                         CallerQuota& quota, const char* what) {
  Result<Caller> caller =
      needed ? authorise(identify_, context, *needed) : Result<Caller>(identify_(context).caller);
  if (!caller) return caller.error();
  const std::string who = caller->uid ? fmt::format("uid {}", *caller->uid) : caller->name;
  QuotaPlace place = quota.take(endpoint_ + " " + who);
  if (place != nullptr) return Pass{*std::move(caller), std::move(place)};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("too many {} are under way already, of {} or of all who call here: try again later", what,
                  caller->name),
      "", ""};
}

}  // namespace demo
