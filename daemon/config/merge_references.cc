#include "config/merge_references.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/printable.h"
#include "config/identity.h"

namespace demo {
namespace {

bool needs(const Listener& listener, const std::string& pool) {
  return needs_pool(listener) && listener.pool == pool;
}

class ReferenceSettler {
 public:
  ReferenceSettler(const std::optional<Config>& base, const Config& file, const Config& running,
                   MergeSide side, ConfigMerge& result)
      : base_(base),
        file_(file),
        running_(running),
        winner_(side == MergeSide::kFile ? file : running),
        result_(result) {}

  // Each turn a pool comes back for good or listeners become those of the winner: it ends.
  void settle() {
    for (std::string pool = next_missing(); !pool.empty(); pool = next_missing()) {
      tell(pool);
      if (const Pool* const back = find_pool(winner_, pool); back != nullptr) {
        result_.config.pools.push_back(*back);
      } else {
        give_listeners_back(pool);
      }
    }
  }

 private:
  // Whether a listener that needs the pool came to lack it by the merge alone.
  bool lacks(const Listener& listener, const std::string& pool) const {
    return needs(listener, pool) && find_pool(result_.config, pool) == nullptr &&
           !lacks_in(file_, listener, pool) && !lacks_in(running_, listener, pool);
  }
  static bool lacks_in(const Config& side, const Listener& listener, const std::string& pool) {
    const Listener* const own = find_same(side.listeners, listener);
    return own != nullptr && needs(*own, pool) && find_pool(side, pool) == nullptr;
  }

  // The name of a pool that is missing so; empty: there is none.
  std::string next_missing() const {
    for (const Listener& listener : result_.config.listeners) {
      if (lacks(listener, listener.pool)) return listener.pool;
    }
    return {};
  }

  std::string why_needed(const std::string& pool) const {
    std::vector<std::string> names;
    for (const Listener& listener : result_.config.listeners) {
      if (lacks(listener, pool)) names.push_back(identity(listener));
    }
    return printable(fmt::format("needed by listener {}", fmt::join(names, ", ")));
  }

  void tell(const std::string& pool) {
    const bool in_file = find_pool(file_, pool) != nullptr;
    const bool in_running = find_pool(running_, pool) != nullptr;
    const bool in_base = base_ && find_pool(*base_, pool) != nullptr;
    const std::string path = printable("pools." + pool);
    const std::string gone = in_base ? "removed" : "not there";
    Collision collision{path, in_file ? why_needed(pool) : gone, in_file ? gone : why_needed(pool)};
    // The mode is of one side and the pool of the other: nobody has it.
    if (!in_file && !in_running) collision.file = gone;
    auto& told = result_.collisions;
    const auto known =
        std::find_if(told.begin(), told.end(), [&](const Collision& other) { return other.path == path; });
    if (known != told.end()) {
      (in_file ? known->file : known->running) += "; " + why_needed(pool);
      return;
    }
    told.push_back(std::move(collision));
    // It was one change of either side until now.
    if (result_.taken > 0) --result_.taken;
    if (result_.kept > 0) --result_.kept;
  }

  void give_listeners_back(const std::string& pool) {
    std::vector<Listener>& listeners = result_.config.listeners;
    for (auto listener = listeners.begin(); listener != listeners.end();) {
      if (!lacks(*listener, pool)) {
        ++listener;
      } else if (const Listener* const own = find_same(winner_.listeners, *listener); own != nullptr) {
        *listener++ = *own;
      } else {
        listener = listeners.erase(listener);
      }
    }
  }

  const std::optional<Config>& base_;
  const Config& file_;
  const Config& running_;
  const Config& winner_;  // whose version stands: what runs, unless the file was chosen
  ConfigMerge& result_;
};

}  // namespace

void settle_references(const std::optional<Config>& base, const Config& file, const Config& running,
                       MergeSide side, ConfigMerge& result) {
  ReferenceSettler(base, file, running, side, result).settle();
}

}  // namespace demo
