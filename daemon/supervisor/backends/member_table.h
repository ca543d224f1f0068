#pragma once

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "config/config.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/backends/health_checker.h"
#include "supervisor/backends/name_resolver.h"
#include "supervisor/snapshot/slot_table.h"
#include "supervisor/snapshot/snapshot_builder.h"

namespace demo {

// The addresses behind all backends: resolved, checked, and each with its place in the statistics. Owns
// resolver and checks; runs on the supervisor's loop.
class MemberTable {
 public:
  struct Observer {
    std::function<void()> on_changed;  // addresses or health: a new snapshot is due
    std::function<void(EventKind kind, const std::string& subject, const std::string& message)> on_event;
    std::function<void(std::uint32_t slot)> on_fresh_slot;  // its counters begin anew
    // Whether connections or requests count there, of whoever had the slot before.
    SlotTable::InUse in_use;
  };

  // lookup answers on the loop; loop and lookup are borrowed by resolver and checks.
  MemberTable(boost::asio::io_context& loop, NameResolver::Lookup lookup, Observer observer);

  // Names and places, for the supervisor after this one, and as the one before had them; and the addresses of
  // backends that are named by host, so that nobody is without them while they are looked up. Before the
  // first configure().
  const std::map<std::string, std::uint32_t>& taken() const { return slots_.taken(); }
  NameResolver::Known known_names() const { return resolver_.known(); }
  void restore(const std::map<std::string, std::uint32_t>& taken, NameResolver::Known names) {
    slots_.restore(taken);
    resolver_.remember(std::move(names));
  }

  // The same of what active checks found, for an upgrade.
  HealthChecker::Known known_health() const { return checker_.known(); }
  void remember_health(HealthChecker::Known known) { checker_.remember(std::move(known)); }

  // The pools that count from now on.
  void configure(const Config& config);
  // What is in flight at this backend is to be ended: its members say so until cut_none().
  void cut(const BackendKey& backend) { cut_ = backend; }
  void cut_none() { cut_.reset(); }

  // Once a second: gives a place to those that had to wait for one.
  void look_for_places();

  // Of a backend of the configured pools. Members beyond limits::kBackendMembers, or without a place, are
  // left out.
  std::vector<ResolvedAddress> facts(const Pool& pool, const Backend& backend) const;
  std::vector<MemberReport> reports(const Pool& pool, const Backend& backend) const;
  // Whether any is known, with a place or without.
  bool has_address(const Pool& pool, const Backend& backend) const {
    return !addresses(pool, backend).empty();
  }

 private:
  std::vector<Address> addresses(const Pool& pool, const Backend& backend) const;
  static std::string key_of(const Pool& pool, const Backend& backend, const Address& address);
  // Whether an address got a place that had none.
  bool assign_slots();
  void configure_checks();

  const Observer observer_;
  NameResolver resolver_;
  HealthChecker checker_;
  SlotTable slots_;
  std::size_t told_ = 0;  // addresses at the last assign_slots(): too many are told when the number changes
  std::vector<Pool> pools_;
  std::optional<BackendKey> cut_;
};

}  // namespace demo
