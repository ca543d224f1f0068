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

// The place, with which what is under way on the visit ends too.
QuotaPlace held_with(QuotaPlace place, const std::shared_ptr<Visit>& visit, Visit::Work work) {
  if (visit == nullptr) return place;
  struct Held {
    QuotaPlace place;
    std::shared_ptr<const void> work;
  };
  const auto held = std::make_shared<Held>(Held{std::move(place), Visit::begin(visit, work)});
  return {held, held->place.get()};
}

}  // namespace

Gate::Gate(std::string endpoint, Identify identify)
    : endpoint_(std::move(endpoint)),
      identify_(std::move(identify)),
      calls_(kCallsOfOne, kCalls),
      streams_(kStreamsOfOne, limits::kControlWatchers) {}

Result<Pass> Gate::admit_call(const grpc::ServerContextBase& context, std::optional<Role> needed) {
  return admit(context, needed, calls_, Visit::Work::kCall);
}

Result<Pass> Gate::admit_stream(const grpc::ServerContextBase& context, std::optional<Role> needed) {
  return admit(context, needed, streams_, Visit::Work::kStream);
}

Result<Pass> Gate::admit(const grpc::ServerContextBase& context, std::optional<Role> needed,
                         CallerQuota& quota, Visit::Work work) {
  Identity identity = identify_(context);
  if (identity.visit && !identity.visit->refusal().empty())
    return Error{ErrorCode::kResourceExhausted, identity.visit->refusal(), "", ""};
  if (needed) {
    if (const Status may = authorise(identity, *needed); !may) return may.error();
  }
  Caller& caller = identity.caller;
  const std::string who = caller.uid ? fmt::format("uid {}", *caller.uid) : caller.name;
  QuotaPlace place = quota.take(endpoint_ + " " + who);
  if (place != nullptr) return Pass{std::move(caller), held_with(std::move(place), identity.visit, work)};
  return Error{
      ErrorCode::kResourceExhausted,
      fmt::format("too many {} are under way already, of {} or of all who call here: try again later",
                  work == Visit::Work::kCall ? "calls" : "streams", caller.name),
      "", ""};
}

}  // namespace demo
