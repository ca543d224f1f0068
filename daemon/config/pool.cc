#include "config/pool.h"

#include "config/name_table.h"

namespace demo {
namespace {

constexpr NameTable<BalancePolicy, 5> kPolicies = {{{BalancePolicy::kRoundRobin, "round-robin"},
                                                    {BalancePolicy::kLeastConnections, "least-connections"},
                                                    {BalancePolicy::kRandomTwoChoices, "random-two-choices"},
                                                    {BalancePolicy::kSourceHash, "source-hash"},
                                                    {BalancePolicy::kUriHash, "uri-hash"}}};

constexpr NameTable<HealthCheckKind, 3> kCheckKinds = {
    {{HealthCheckKind::kNone, "none"}, {HealthCheckKind::kTcp, "tcp"}, {HealthCheckKind::kHttp, "http"}}};

constexpr NameTable<SendProxyProtocol, 3> kProxyProtocols = {
    {{SendProxyProtocol::kOff, "off"}, {SendProxyProtocol::kV1, "v1"}, {SendProxyProtocol::kV2, "v2"}}};

}  // namespace

std::string_view to_string(BalancePolicy policy) { return name_of(kPolicies, policy); }
std::optional<BalancePolicy> parse_balance_policy(std::string_view text) { return value_of(kPolicies, text); }

std::string_view to_string(HealthCheckKind kind) { return name_of(kCheckKinds, kind); }
std::optional<HealthCheckKind> parse_health_check_kind(std::string_view text) {
  return value_of(kCheckKinds, text);
}

std::string_view to_string(SendProxyProtocol version) { return name_of(kProxyProtocols, version); }
std::optional<SendProxyProtocol> parse_send_proxy_protocol(std::string_view text) {
  return value_of(kProxyProtocols, text);
}

}  // namespace demo
