#include "supervisor/backends/member_table.h"

#include <fmt/format.h>

#include <utility>

#include "base/counted.h"
#include "base/limits.h"
#include "base/log.h"
#include "supervisor/backends/backend_name.h"

namespace demo {

MemberTable::MemberTable(boost::asio::io_context& loop, NameResolver::Lookup lookup, Observer observer)
    : observer_(std::move(observer)),
      resolver_(
          loop, std::move(lookup),
          [this](const NameTarget& target, const NameResolver::Addresses& addresses) {
            log(LogLevel::kInfo, "backend {} resolves to {}", backend_name(target.pool, target.endpoint),
                counted(addresses.size(), "address", "addresses"));
            assign_slots();
            configure_checks();
            observer_.on_changed();
          },
          [this](const NameTarget& target, const std::string& reason) {
            observer_.on_event(EventKind::kWarning, backend_name(target.pool, target.endpoint), reason);
          }),
      checker_(
          loop,
          [this](const HealthTarget& target, bool up, const std::string& reason) {
            observer_.on_event(
                up ? EventKind::kBackendUp : EventKind::kBackendDown,
                backend_name(target.pool, target.endpoint),
                fmt::format("{} is {}: {}", target.address.to_string(), up ? "up" : "down", reason));
            observer_.on_changed();
          },
          [this](const HealthTarget& target) {
            observer_.on_event(EventKind::kBackendDown, backend_name(target.pool, target.endpoint),
                               fmt::format("{} is no longer checked: it was down, which counts no more",
                                           target.address.to_string()));
          }),
      slots_(limits::kBackendMembers, observer_.in_use) {}

void MemberTable::configure(const Config& config) {
  pools_ = config.pools;
  std::vector<NameTarget> names;
  for (const Pool& pool : pools_) {
    for (const Backend& backend : pool.backends) {
      if (!backend.endpoint.needs_resolving()) continue;
      names.push_back({pool.name, backend.endpoint.text, backend.endpoint.host, backend.endpoint.port,
                       pool.resolve_interval});
    }
  }
  resolver_.configure(std::move(names));
  assign_slots();
  configure_checks();
}

std::vector<Address> MemberTable::addresses(const Pool& pool, const Backend& backend) const {
  if (!backend.endpoint.needs_resolving()) {
    Address address = backend.endpoint.address;
    address.look_up_zone();
    return {address};
  }
  return resolver_.addresses(pool.name, backend.endpoint.text);
}

std::string MemberTable::key_of(const Pool& pool, const Backend& backend, const Address& address) {
  return fmt::format("{}/{}/{}", pool.name, backend.endpoint.text, address.to_string());
}

void MemberTable::look_for_places() {
  if (slots_.wanting() && assign_slots()) observer_.on_changed();
}

bool MemberTable::assign_slots() {
  std::vector<std::string> keys;
  for (const Pool& pool : pools_) {
    for (const Backend& backend : pool.backends) {
      for (const Address& address : addresses(pool, backend)) keys.push_back(key_of(pool, backend, address));
    }
  }
  const bool wanting = slots_.wanting();
  const std::vector<std::uint32_t> fresh = slots_.assign(keys);
  for (const std::uint32_t slot : fresh) observer_.on_fresh_slot(slot);
  if (slots_.wanting() && !wanting && keys.size() <= limits::kBackendMembers) {
    observer_.on_event(EventKind::kWarning, "pools",
                       "new backend addresses get no requests until connections to some that were removed "
                       "have ended: there are places for the figures of so many only");
  }
  const std::size_t told = std::exchange(told_, keys.size());
  if (keys.size() > limits::kBackendMembers && keys.size() != told) {
    observer_.on_event(EventKind::kWarning, "pools",
                       fmt::format("{} backend addresses are more than {}: the last ones get no requests",
                                   keys.size(), limits::kBackendMembers));
  }
  return !fresh.empty();
}

void MemberTable::configure_checks() {
  std::vector<HealthTarget> targets;
  for (const Pool& pool : pools_) {
    if (pool.health.kind == HealthCheckKind::kNone) continue;
    for (const Backend& backend : pool.backends) {
      if (backend.state == BackendState::kMaintenance) continue;
      for (const Address& address : addresses(pool, backend)) {
        targets.push_back({pool.name, backend.endpoint.text, address, pool.health, pool.send_proxy_protocol});
      }
    }
  }
  checker_.configure(std::move(targets));
}

std::vector<ResolvedAddress> MemberTable::facts(const Pool& pool, const Backend& backend) const {
  std::vector<ResolvedAddress> members;
  const bool cut = cut_ && cut_->pool == pool.name && cut_->endpoint == backend.endpoint.text;
  for (const Address& address : addresses(pool, backend)) {
    const auto slot = slots_.find(key_of(pool, backend, address));
    if (!slot) continue;
    members.push_back({*slot, address, checker_.verdict(pool.name, backend.endpoint.text, address).up, cut});
  }
  return members;
}

std::vector<MemberReport> MemberTable::reports(const Pool& pool, const Backend& backend) const {
  std::vector<MemberReport> reports;
  for (const ResolvedAddress& member : facts(pool, backend)) {
    const auto verdict = checker_.verdict(pool.name, backend.endpoint.text, member.address);
    reports.push_back({member.address,
                       member.slot,
                       verdict.up,
                       verdict.checked,
                       verdict.reason,
                       verdict.shortage,
                       false,
                       {},
                       {}});
  }
  return reports;
}

}  // namespace demo
