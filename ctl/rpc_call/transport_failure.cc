#include "rpc_call/transport_failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

#include "rpc_call/status_code.h"

namespace demo::ctl {
namespace {

bool says(const CallStatus& status, std::string_view words) {
  const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); };
  return std::search(status.message.begin(), status.message.end(), words.begin(), words.end(), same) !=
         status.message.end();
}

std::string quoted(const CallStatus& status) {
  return status.message.empty() ? "" : fmt::format("; gRPC says \"{}\"", status.message);
}

// What gRPC (1.51) says of a host:port that it cannot reach, and what that asks for.
struct Advice {
  std::string_view words;
  std::string_view advice;
};
constexpr std::array<Advice, 8> kAdvice{{
    {"connection refused", "nothing listens there: check the port, and --control-tcp of the daemon"},
    {"dns", "its name cannot be resolved: check the name"},
    {"name resolution", "its name cannot be resolved: check the name"},
    {"handshake", "TLS failed: check the --tls files, and whether the daemon serves TLS there"},
    {"ssl", "TLS failed: check the --tls files, and whether the daemon serves TLS there"},
    {"unreachable", "there is no way to that host: check the address and the network"},
    {"no route", "there is no way to that host: check the address and the network"},
    {"timed out", "the host does not answer: check the address, and firewalls on the way"},
}};

std::string unreachable_sentence(const CallStatus& status, const Target& target) {
  std::string_view advice = "is demo-server running? systemctl status demo-server tells";
  if (!target.is_unix()) {
    advice = "check the address, and the certificates when TLS is used";
    const auto* const known = std::find_if(kAdvice.begin(), kAdvice.end(),
                                           [&](const Advice& line) { return says(status, line.words); });
    if (known != kAdvice.end()) advice = known->advice;
  }
  return fmt::format("cannot reach the daemon at {}: {}", target.text(), advice);
}

}  // namespace

std::string_view doubt_about_change(Access access) {
  return access == Access::kChange ? ": the change may still come into force, which democtl events tells"
                                   : "";
}

bool is_broken(const CallStatus& status) {
  return status.details.empty() && status.code == kUnknown && says(status, "stream removed");
}

std::string transport_sentence(const CallStatus& status, const Target& target, Access access) {
  const std::string daemon = "the daemon at " + target.text();
  if (is_broken(status)) {
    return fmt::format("the connection to {} broke before it answered: it may have ended; try again{}",
                       daemon, doubt_about_change(access));
  }
  switch (status.code) {
    case kCancelled:
      return fmt::format("{} gave the call up before it answered: try again{}", daemon,
                         doubt_about_change(access));
    case kDeadlineExceeded:
      return fmt::format("{} did not answer in time (--timeout){}", daemon, doubt_about_change(access));
    case kUnimplemented:
      // Every service is at a control socket.
      return target.is_unix() && !is_monitor(target)
                 ? fmt::format(
                       "{} does not know this call: it is of an earlier version than this democtl "
                       "(democtl version tells both)",
                       daemon)
                 : fmt::format("{} does not offer this: use the control socket", target.text());
    case kUnavailable:
      return unreachable_sentence(status, target);
    case kPermissionDenied:
    case kUnauthenticated:
      return fmt::format("{} does not let this user in: {}", daemon,
                         target.is_unix()
                             ? "become root or a member of the socket's group"
                             : "check --tls-cert and --tls-key against the daemon's --tls-client-ca");
    case kResourceExhausted:
      return fmt::format("{} is at a limit of its own and took no more: try again later{}{}", daemon,
                         doubt_about_change(access), quoted(status));
    case kInternal:
      if (says(status, "rst_stream")) {
        return fmt::format("{} broke the call off: its log may say why; try again{}", daemon,
                           doubt_about_change(access));
      }
      return fmt::format("what answers at {} does not speak as a demo-server of this version does{}{}",
                         target.text(), doubt_about_change(access), quoted(status));
    case kInvalidArgument:
    case kOutOfRange:
    case kNotFound:
    case kAlreadyExists:
    case kFailedPrecondition:
    case kAborted:
      return fmt::format("{} refused the call without a reason of its own{}", daemon, quoted(status));
    default:
      return fmt::format("the call to {} failed for a reason that is not known here (status {}){}{}", daemon,
                         status.code, doubt_about_change(access), quoted(status));
  }
}

}  // namespace demo::ctl
