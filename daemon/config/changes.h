#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "config/config.h"

// Every mutation as a pure function from one desired state to the next. None validates the whole: the
// supervisor calls validate() on the result before it applies anything.
namespace demo {

// A mutation, ready to be applied to whatever the state is when its turn comes.
using Change = std::function<Result<Config>(const Config&)>;

// Whether "already there" and "not there" are errors (the default) or mean that nothing is left to do.
enum class IfExists : std::uint8_t { kFail, kIgnore };
enum class IfMissing : std::uint8_t { kFail, kIgnore };

// kAlreadyExists when the address is taken.
Change add_listener(Listener listener, IfExists if_exists = IfExists::kFail);
// kNotFound when no listener has the address.
Change remove_listener(Address address, IfMissing if_missing = IfMissing::kFail);
// Replaces the listener with the same address; kNotFound. Used for update with a merged value.
Change update_listener(Address address, std::function<void(Listener&)> edit);

// A pool that does not exist yet is made with defaults. kAlreadyExists when the pool has the endpoint.
Change add_backend(std::string pool, Backend backend, IfExists if_exists = IfExists::kFail);
Change remove_backend(std::string pool, std::string endpoint, IfMissing if_missing = IfMissing::kFail);
Change update_backend(std::string pool, std::string endpoint, std::function<void(Backend&)> edit);

Change add_pool(Pool pool, IfExists if_exists = IfExists::kFail);
// kFailedPrecondition while a listener of mode proxy or tcp names the pool.
Change remove_pool(std::string name, IfMissing if_missing = IfMissing::kFail);
Change update_pool(std::string name, std::function<void(Pool&)> edit);

// For the single values: keepalive, accept mode, workers, response, log level.
Change edit_config(std::function<void(Config&)> edit);
Change replace_config(Config config);

}  // namespace demo
