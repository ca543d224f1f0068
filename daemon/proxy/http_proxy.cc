#include "proxy/http_proxy.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "balance/policies.h"

namespace demo {

HttpProxy::HttpProxy(Loop& loop, BufferPool& buffers, LingeringClose& lingering, StatsPage& own,
                     unsigned worker, ProxyOutlook outlook)
    : loop_(loop),
      lingering_(lingering),
      stats_(own),
      space_(buffers),
      desk_(loop),
      pool_environment_(loop, buffers, own, worker, std::move(outlook), settings_),
      sessions_(loop),
      exchanges_(loop) {}

HttpProxy::~HttpProxy() {
  while (!all_.empty()) all_.front().close();
}

void HttpProxy::apply(const Snapshot& snapshot) {
  settings_.apply(snapshot);
  desk_.request_parser.set_loop_name(snapshot.loop_name);
  wants_peer_ = snapshot.forwarding.x_forwarded || snapshot.forwarding.forwarded ||
                std::ranges::any_of(snapshot.pools, [](const SnapshotPool& pool) {
                  return policy_entry(pool.policy).hashed == HashedPart::kClientAddress ||
                         pool.send_proxy_protocol != SendProxyProtocol::kOff;
                });
  if (!tidies_ && !snapshot.pools.empty()) loop_.add_reclaimer(*this);
  tidies_ = tidies_ || !snapshot.pools.empty();
  std::vector<std::unique_ptr<BackendPool>> before = std::exchange(pools_, {});
  for (const SnapshotPool& settings : snapshot.pools) {
    const auto same = std::ranges::find_if(
        before, [&settings](const auto& pool) { return pool != nullptr && pool->name() == settings.name; });
    pools_.push_back(same != before.end() ? std::move(*same)
                                          : std::make_unique<BackendPool>(pool_environment_, settings.name));
  }
  for (auto& pool : before) {
    if (pool == nullptr) continue;
    pool->remove_members();
    leaving_.push_back(std::move(pool));
  }
  settle_slots(snapshot);
  for (std::size_t i = 0; i < snapshot.pools.size(); ++i) pools_[i]->apply(snapshot.pools[i]);
  if (!settings_.backend_keepalive.enabled) {
    for (const auto& pool : pools_) pool->close_idle();
  }
  settle_sessions();
}

// There may be hundreds of pools for thousands of listeners.
void HttpProxy::settle_slots(const Snapshot& snapshot) {
  std::map<std::string_view, BackendPool*> by_name;
  for (const auto& pool : pools_) by_name.emplace(pool->name(), pool.get());
  pool_of_slot_.fill(nullptr);
  for (const SnapshotListener& listener : snapshot.listeners) {
    const auto pool = by_name.find(listener.pool);
    if (pool != by_name.end() && listener.slot < pool_of_slot_.size()) {
      pool_of_slot_[listener.slot] = pool->second;
    }
  }
}

void HttpProxy::hear_others() {
  for (const auto& pool : pools_) pool->hear_others();
}

void HttpProxy::drain() {
  settings_.client.draining = true;
  for (const auto& pool : pools_) pool->close_idle();
  settle_sessions();
}

void HttpProxy::settle_sessions() {
  for (auto next = all_.begin(); next != all_.end();) (next++)->settle();
}

std::uint64_t HttpProxy::cut() {
  std::uint64_t ended = 0;
  for (; !all_.empty(); ++ended) all_.front().cut();
  return ended;
}

void HttpProxy::take(UniqueFd client, ListenerHandle& listener, const Address* peer,
                     std::string_view received, std::uint32_t served) {
  ClientSession& session = sessions_.create(*this, std::move(client), listener, peer);
  all_.push_front(session);
  session.requests_ = served;
  session.start(received);
}

BackendPool* HttpProxy::pool_of(const ListenerHandle& listener) {
  // The slot of a removed listener may be another one's by now.
  return listener.removed ? find_pool(listener.spec.pool) : pool_of_slot_[listener.spec.slot];
}

BackendPool* HttpProxy::find_pool(std::string_view name) {
  const auto found = std::ranges::find_if(pools_, [name](const auto& pool) { return pool->name() == name; });
  return found == pools_.end() ? nullptr : found->get();
}

void HttpProxy::distrust(const Address& address, std::chrono::nanoseconds time) {
  const std::uint64_t now_ns = loop_.now_ns();
  const std::uint64_t until_ns = std::max(now_ns + static_cast<std::uint64_t>(time.count()),
                                          pool_environment_.distrusted.until_ns(address));
  pool_environment_.distrusted.add(address, now_ns, until_ns);
  for (const auto& pool : pools_) pool->keep_none_to(address, until_ns);
}

void HttpProxy::keep_out(const MemberNotice& ejection) {
  if (BackendPool* const pool = find_pool(ejection.pool); pool != nullptr) pool->keep_out(ejection);
}

void HttpProxy::tidy_pools() {
  pool_environment_.queues_due = false;
  for (const auto& pool : pools_) pool->tidy();
  for (const auto& pool : leaving_) pool->tidy();
  // Serving one queue may make room in another one, and no event tells of it.
  if (pool_environment_.queues_due) loop_.again(next_turn_);
  std::erase_if(leaving_, [](const auto& pool) { return pool->unused(); });
}

}  // namespace demo
