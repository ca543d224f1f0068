#include "config/changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "config/auto_mode.h"
#include "config/no_such_pool.h"
#include "config/validate.h"
#include "text/closest_word.h"

namespace demo {
namespace {

// Positions found with the const lookups of config.h, turned into mutable ones of the copy being changed.
Listener* find(Config& config, const Address& address) {
  return const_cast<Listener*>(find_listener(config, address));
}
Pool* find(Config& config, std::string_view name) { return const_cast<Pool*>(find_pool(config, name)); }
Backend* find(Pool& pool, std::string_view endpoint) {
  return const_cast<Backend*>(find_backend(pool, endpoint));
}

Error already_exists(std::string field, std::string value, std::string message) {
  return {ErrorCode::kAlreadyExists, std::move(message), std::move(field), std::move(value)};
}

Error not_found(std::string field, std::string value, std::string message) {
  return {ErrorCode::kNotFound, std::move(message), std::move(field), std::move(value)};
}

Error no_listener(const Config& config, const Address& address) {
  std::vector<std::string> names;
  for (const Listener& listener : config.listeners) names.push_back(listener.address.to_string());
  const std::string text = address.to_string();
  return not_found("address", text,
                   fmt::format("no listener has the address {}{}", text,
                               text::did_you_mean(text::nearest_word(text, names))));
}

// Of backends that another pool has, that pool; otherwise the nearest one of this pool.
Error no_backend(const Config& config, const Pool& pool, const std::string& endpoint) {
  const auto has_it = [&](const Pool& other) {
    return std::ranges::any_of(other.backends, [&](const Backend& b) { return b.endpoint.text == endpoint; });
  };
  if (const auto other = std::ranges::find_if(config.pools, has_it); other != config.pools.end()) {
    return not_found("endpoint", endpoint,
                     fmt::format("pool \"{}\" has no backend {}, pool \"{}\" has it (--pool)", pool.name,
                                 endpoint, other->name));
  }
  std::vector<std::string> names;
  for (const Backend& backend : pool.backends) names.push_back(backend.endpoint.text);
  return not_found("endpoint", endpoint,
                   fmt::format("pool \"{}\" has no backend {}{}", pool.name, endpoint,
                               text::did_you_mean(text::nearest_word(endpoint, names))));
}

// The next state, unless it has more parts than there may be: then there is no place for what is added.
Result<Config> with_added(Config to) {
  const std::vector<Error> problems = validate_counts(to);
  if (problems.empty()) return to;
  return Error{ErrorCode::kResourceExhausted,
               "there is no place for another one: " + problems.front().message, "", ""};
}

}  // namespace

Change add_listener(Listener listener, IfExists if_exists) {
  return [listener = std::move(listener), if_exists](const Config& from) -> Result<Config> {
    if (find_listener(from, listener.address) != nullptr) {
      if (if_exists == IfExists::kIgnore) return from;
      const std::string address = listener.address.to_string();
      return already_exists("address", address,
                            fmt::format("a listener with the address {} exists", address));
    }
    Config to = from;
    to.listeners.push_back(listener);
    return with_added(std::move(to));
  };
}

Change remove_listener(Address address, IfMissing if_missing) {
  return [address, if_missing](const Config& from) -> Result<Config> {
    Config to = from;
    const auto removed =
        std::erase_if(to.listeners, [&](const Listener& listener) { return listener.address == address; });
    if (removed == 0 && if_missing == IfMissing::kFail) return no_listener(from, address);
    return to;
  };
}

Change update_listener(Address address, std::function<void(Listener&)> edit) {
  return [address, edit = std::move(edit)](const Config& from) -> Result<Config> {
    Config to = from;
    Listener* listener = find(to, address);
    if (listener == nullptr) return no_listener(from, address);
    edit(*listener);
    return to;
  };
}

Change add_backend(std::string pool, Backend backend, IfExists if_exists) {
  return [pool = std::move(pool), backend = std::move(backend),
          if_exists](const Config& from) -> Result<Config> {
    Config to = from;
    Pool* target = find(to, pool);
    if (target == nullptr) {
      to.pools.emplace_back().name = pool;
      target = &to.pools.back();
    }
    if (find_backend(*target, backend.endpoint.text) != nullptr) {
      if (if_exists == IfExists::kIgnore) return from;
      return already_exists(
          "endpoint", backend.endpoint.text,
          fmt::format("pool \"{}\" has the backend {} already", pool, backend.endpoint.text));
    }
    target->backends.push_back(backend);
    return with_added(std::move(to));
  };
}

Change remove_backend(std::string pool, std::string endpoint, IfMissing if_missing) {
  return [pool = std::move(pool), endpoint = std::move(endpoint),
          if_missing](const Config& from) -> Result<Config> {
    Config to = from;
    Pool* target = find(to, pool);
    if (target == nullptr) {
      if (if_missing == IfMissing::kIgnore) return to;
      return no_such_pool(from, pool);
    }
    const auto removed = std::erase_if(
        target->backends, [&](const Backend& backend) { return backend.endpoint.text == endpoint; });
    if (removed == 0 && if_missing == IfMissing::kFail) return no_backend(from, *target, endpoint);
    return to;
  };
}

Change update_backend(std::string pool, std::string endpoint, std::function<void(Backend&)> edit) {
  return [pool = std::move(pool), endpoint = std::move(endpoint),
          edit = std::move(edit)](const Config& from) -> Result<Config> {
    Config to = from;
    Pool* target = find(to, pool);
    if (target == nullptr) return no_such_pool(from, pool);
    Backend* backend = find(*target, endpoint);
    if (backend == nullptr) return no_backend(from, *target, endpoint);
    edit(*backend);
    return to;
  };
}

Change add_pool(Pool pool, IfExists if_exists) {
  return [pool = std::move(pool), if_exists](const Config& from) -> Result<Config> {
    if (find_pool(from, pool.name) != nullptr) {
      if (if_exists == IfExists::kIgnore) return from;
      return already_exists("name", pool.name, fmt::format("a pool named \"{}\" exists", pool.name));
    }
    Config to = from;
    to.pools.push_back(pool);
    return with_added(std::move(to));
  };
}

Change remove_pool(std::string name, IfMissing if_missing) {
  return [name = std::move(name), if_missing](const Config& from) -> Result<Config> {
    if (find_pool(from, name) == nullptr) {
      if (if_missing == IfMissing::kIgnore) return from;
      return no_such_pool(from, name, "name");
    }
    for (const Listener& listener : from.listeners) {
      if (forwards_to(listener, name)) {
        return Error{ErrorCode::kFailedPrecondition,
                     fmt::format("pool \"{}\" is in use by the {} listener {}{}", name,
                                 to_string(listener.mode), listener.address.to_string(),
                                 needs_pool(listener) ? "" : ", which forwards: give it mode server first"),
                     "name", name};
      }
    }
    Config to = from;
    std::erase_if(to.pools, [&](const Pool& pool) { return pool.name == name; });
    return to;
  };
}

Change update_pool(std::string name, std::function<void(Pool&)> edit) {
  return [name = std::move(name), edit = std::move(edit)](const Config& from) -> Result<Config> {
    Config to = from;
    Pool* pool = find(to, name);
    if (pool == nullptr) return no_such_pool(from, name, "name");
    edit(*pool);
    return to;
  };
}

Change edit_config(std::function<void(Config&)> edit) {
  return [edit = std::move(edit)](const Config& from) -> Result<Config> {
    Config to = from;
    edit(to);
    return to;
  };
}

Change replace_config(Config config) {
  return [config = std::move(config)](const Config&) -> Result<Config> { return config; };
}

}  // namespace demo
