#include "config/listener.h"

namespace demo {

bool forwards(ListenerMode mode) { return mode == ListenerMode::kProxy || mode == ListenerMode::kTcp; }

bool needs_pool(const Listener& listener) { return forwards(listener.mode); }

}  // namespace demo
