#include "config/listener.h"

#include "config/name_table.h"

namespace demo {
namespace {

constexpr NameTable<ListenerMode, 5> kListenerModeNames = {{{ListenerMode::kAuto, "auto"},
                                                            {ListenerMode::kServer, "server"},
                                                            {ListenerMode::kProxy, "proxy"},
                                                            {ListenerMode::kTcp, "tcp"},
                                                            {ListenerMode::kRaw, "raw"}}};

}  // namespace

std::string_view to_string(ListenerMode mode) { return name_of(kListenerModeNames, mode); }
std::optional<ListenerMode> parse_listener_mode(std::string_view text) {
  return value_of(kListenerModeNames, text);
}

bool forwards(ListenerMode mode) { return mode == ListenerMode::kProxy || mode == ListenerMode::kTcp; }

bool needs_pool(const Listener& listener) { return forwards(listener.mode); }

}  // namespace demo
