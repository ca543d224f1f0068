// The changes of listeners, pools and backends. Another request of this kind gets its function here, and its
// line in the table at the end.
#include <fmt/format.h>

#include <functional>
#include <utility>

#include "config/config_diff.h"
#include "control/messages/request_fields.h"
#include "control/mutations/mutation_table.h"
#include "demo/control/v1/topology.pb.h"

namespace demo {

namespace pb = control::v1;

namespace {

IfExists if_exists(bool ignore) { return ignore ? IfExists::kIgnore : IfExists::kFail; }
IfMissing if_missing(bool ignore) { return ignore ? IfMissing::kIgnore : IfMissing::kFail; }

// What a request adds, from the defaults on.
template <typename Value, typename Message>
Result<Value> value_of(const Message& message, const std::string& path) {
  Value value{};
  if (const Status applied = apply_message(message, path, value); !applied) return applied.error();
  return value;
}

// Adds, or leaves what is there when it is as asked for: `edit` sets the values that the request names. find
// gives what is there in a configuration, null when nothing is.
template <typename Value, typename Find>
Change add_unless_same(Change add, std::function<void(Value&)> edit, Find find, Error exists) {
  return [=](const Config& from) -> Result<Config> {
    if (find(from) == nullptr) return add(from);
    Config wanted = from;
    edit(const_cast<Value&>(*find(wanted)));
    if (wanted == from) return from;
    Error error = exists;
    error.message = fmt::format("{}, but not as asked for: {}", exists.message,
                                summarise_diff(diff_config(from, wanted)));
    return error;
  };
}

Error already_exists(std::string field, std::string value, std::string message) {
  return {ErrorCode::kAlreadyExists, std::move(message), std::move(field), std::move(value)};
}

Result<Mutation> topology_mutation(const pb::AddListenerRequest& request) {
  if (request.listener().address().empty()) return missing("listener.address");
  Result<Listener> listener = value_of<Listener>(request.listener(), "listener");
  if (!listener) return listener.error();
  Mutation mutation{"add-listener " + listener->address.to_string(),
                    add_listener(*listener, if_exists(request.if_not_exists()))};
  if (!request.if_not_exists()) return mutation;
  auto edit = edit_of<Listener>(request.listener(), "listener", {});
  if (!edit) return edit.error();
  const std::string address = listener->address.to_string();
  const auto find = [address = listener->address](const Config& config) {
    return find_listener(config, address);
  };
  mutation.change = add_unless_same<Listener>(
      std::move(mutation.change), *std::move(edit), find,
      already_exists("address", address, fmt::format("a listener with the address {} exists", address)));
  return mutation;
}

Result<Mutation> topology_mutation(const pb::RemoveListenerRequest& request) {
  const Result<Address> address = address_of("address", request.address());
  if (!address) return address.error();
  return Mutation{"remove-listener " + address->to_string(),
                  remove_listener(*address, if_missing(request.ignore_missing()))};
}

Result<Mutation> topology_mutation(const pb::UpdateListenerRequest& request) {
  const Result<Address> address = address_of("listener.address", request.listener().address());
  if (!address) return address.error();
  auto edit = edit_of<Listener>(request.listener(), "listener", request.reset_fields());
  if (!edit) return edit.error();
  return Mutation{"set-listener " + address->to_string(), update_listener(*address, *std::move(edit))};
}

Result<Mutation> topology_mutation(const pb::AddBackendRequest& request) {
  if (request.backend().endpoint().empty()) return missing("backend.endpoint");
  Result<Backend> backend = value_of<Backend>(request.backend(), "backend");
  if (!backend) return backend.error();
  const std::string pool = pool_or_default(request.pool());
  const std::string endpoint = backend->endpoint.text;
  Mutation mutation{fmt::format("add-backend {} {}", pool, endpoint),
                    add_backend(pool, *backend, if_exists(request.if_not_exists()))};
  if (!request.if_not_exists()) return mutation;
  auto edit = edit_of<Backend>(request.backend(), "backend", {});
  if (!edit) return edit.error();
  const auto find = [pool, endpoint](const Config& config) {
    const Pool* const known = find_pool(config, pool);
    return known == nullptr ? nullptr : find_backend(*known, endpoint);
  };
  mutation.change = add_unless_same<Backend>(
      std::move(mutation.change), *std::move(edit), find,
      already_exists("endpoint", endpoint,
                     fmt::format("pool \"{}\" has the backend {} already", pool, endpoint)));
  return mutation;
}

Result<Mutation> topology_mutation(const pb::RemoveBackendRequest& request) {
  const Result<std::string> endpoint = endpoint_of("endpoint", request.endpoint());
  if (!endpoint) return endpoint.error();
  const std::string pool = pool_or_default(request.pool());
  return Mutation{fmt::format("remove-backend {} {}", pool, *endpoint),
                  remove_backend(pool, *endpoint, if_missing(request.ignore_missing()))};
}

Result<Mutation> topology_mutation(const pb::UpdateBackendRequest& request) {
  const Result<std::string> endpoint = endpoint_of("backend.endpoint", request.backend().endpoint());
  if (!endpoint) return endpoint.error();
  auto edit = edit_of<Backend>(request.backend(), "backend", request.reset_fields());
  if (!edit) return edit.error();
  const std::string pool = pool_or_default(request.pool());
  return Mutation{fmt::format("set-backend {} {}", pool, *endpoint),
                  update_backend(pool, *endpoint, *std::move(edit))};
}

Result<Mutation> topology_mutation(const pb::AddPoolRequest& request) {
  if (request.pool().name().empty()) return missing("pool.name");
  Result<Pool> pool = value_of<Pool>(request.pool(), "pool");
  if (!pool) return pool.error();
  Mutation mutation{"add-pool " + pool->name, add_pool(*pool, if_exists(request.if_not_exists()))};
  if (!request.if_not_exists()) return mutation;
  auto edit = edit_of<Pool>(request.pool(), "pool", {});
  if (!edit) return edit.error();
  const auto find = [name = pool->name](const Config& config) { return find_pool(config, name); };
  mutation.change = add_unless_same<Pool>(
      std::move(mutation.change), *std::move(edit), find,
      already_exists("name", pool->name, fmt::format("a pool named \"{}\" exists", pool->name)));
  return mutation;
}

Result<Mutation> topology_mutation(const pb::RemovePoolRequest& request) {
  if (request.name().empty()) return missing("name");
  return Mutation{"remove-pool " + request.name(),
                  remove_pool(request.name(), if_missing(request.ignore_missing()))};
}

Result<Mutation> topology_mutation(const pb::UpdatePoolRequest& request) {
  if (request.pool().name().empty()) return missing("pool.name");
  if (request.pool().backends_size() > 0) {
    return invalid("pool.backends", fmt::format("{} backends", request.pool().backends_size()),
                   "pool.backends cannot be updated: add, update or remove single backends");
  }
  auto edit = edit_of<Pool>(request.pool(), "pool", request.reset_fields());
  if (!edit) return edit.error();
  return Mutation{"set-pool " + request.pool().name(), update_pool(request.pool().name(), *std::move(edit))};
}

}  // namespace

void add_topology_mutations(MutationTable& table) {
  table.add<pb::AddListenerRequest>(topology_mutation, Answer::kService);
  table.add<pb::RemoveListenerRequest>(topology_mutation);
  table.add<pb::UpdateListenerRequest>(topology_mutation);
  table.add<pb::AddBackendRequest>(topology_mutation);
  table.add<pb::RemoveBackendRequest>(topology_mutation, Answer::kService);
  table.add<pb::UpdateBackendRequest>(topology_mutation, Answer::kService);
  table.add<pb::AddPoolRequest>(topology_mutation);
  table.add<pb::RemovePoolRequest>(topology_mutation);
  table.add<pb::UpdatePoolRequest>(topology_mutation);
}

}  // namespace demo
