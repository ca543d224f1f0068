#include "config/auto_mode.h"

#include "config/element_index.h"

namespace demo {
namespace {

bool has_backend(const Config& config, const Listener& listener) {
  const Pool* const pool = find_pool(config, listener.pool);
  return pool != nullptr && !pool->backends.empty();
}

bool forwards_now(const Listener* listener) {
  return listener != nullptr && forwards(mode_in_force(*listener));
}

}  // namespace

ListenerMode mode_in_force(const Listener& listener) {
  if (listener.mode != ListenerMode::kAuto) return listener.mode;
  return listener.auto_forwards ? ListenerMode::kProxy : ListenerMode::kServer;
}

bool forwards_to(const Listener& listener, const std::string& pool) {
  return listener.pool == pool && forwards(mode_in_force(listener));
}

Config decide_auto_modes(const Config& before, Config next) {
  const ElementIndex<Listener> known(before.listeners);
  for (Listener& listener : next.listeners) {
    const bool decided = listener.auto_forwards || forwards_now(known.find(listener));
    listener.auto_forwards = listener.mode == ListenerMode::kAuto && (decided || has_backend(next, listener));
  }
  return next;
}

}  // namespace demo
