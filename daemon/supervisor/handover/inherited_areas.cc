#include "supervisor/handover/inherited_areas.h"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "base/log.h"
#include "base/other_build.h"

namespace demo {
namespace {

// An area that the supervisor before left, or a new one: what is in it means nothing without the table of
// those who write it, nor in another build.
template <typename Adopt, typename Create>
auto go_on_with(Inheritance& inheritance, bool left, const char* name, const Adopt& adopt,
                const Create& create) {
  std::string why = "the supervisor before left none";
  if (left && inheritance.handover_text) {
    auto adopted = adopt();
    if (adopted || !is_other_build(adopted.error())) return adopted;
    why = adopted.error().message;
  }
  if (inheritance.any()) {
    log(LogLevel::kWarning, "{} begin anew: {}", name == kStatsName ? "counters" : "shared limits", why);
    inheritance.useless.insert(name);
  }
  return create();
}

}  // namespace

Result<StatsArea> open_stats(Inheritance& inheritance) {
  return go_on_with(
      inheritance, static_cast<bool>(inheritance.stats), kStatsName,
      [&] { return StatsArea::adopt(std::move(inheritance.stats)); }, [] { return StatsArea::create(); });
}

Result<QuotaArea> open_quota(Inheritance& inheritance, unsigned bells) {
  return go_on_with(
      inheritance, static_cast<bool>(inheritance.quota), kQuotaName,
      [&] { return QuotaArea::open(std::move(inheritance.quota), std::move(inheritance.bells)); },
      [&] {
        std::ranges::copy_if(inheritance.names, std::inserter(inheritance.useless, inheritance.useless.end()),
                             is_name_of_bell);
        return QuotaArea::create(bells);
      });
}

}  // namespace demo
