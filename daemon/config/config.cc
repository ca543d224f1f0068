#include "config/config.h"

#include <algorithm>

namespace demo {
namespace {

template <typename List, typename Predicate>
auto* borrow_if(List& list, Predicate predicate) {
  const auto found = std::find_if(list.begin(), list.end(), predicate);
  return found == list.end() ? nullptr : &*found;
}

}  // namespace

const Listener* find_listener(const Config& config, const Address& address) {
  return borrow_if(config.listeners, [&](const Listener& listener) { return listener.address == address; });
}

const Pool* find_pool(const Config& config, std::string_view name) {
  return borrow_if(config.pools, [&](const Pool& pool) { return pool.name == name; });
}

const Backend* find_backend(const Pool& pool, std::string_view endpoint) {
  return borrow_if(pool.backends, [&](const Backend& backend) { return backend.endpoint.text == endpoint; });
}

}  // namespace demo
