#include "worker/modes.h"

#include <cstdlib>
#include <utility>

namespace demo {
namespace {

ProxyOutlook outlook(StatsArea& stats, Quota& quota, unsigned own_page, BackendNoticeSink notices) {
  ProxyOutlook view;
  view.quota = &quota;
  view.requests_elsewhere = [&stats, own_page](std::uint32_t slot) {
    std::uint64_t requests = 0;
    for (unsigned n = 0; n < stats.live_pages(); ++n) {
      const unsigned page = stats.live_page(n);
      if (page != own_page) requests += stats.page(page).backends[slot].requests_active.get();
    }
    return requests;
  };
  view.on_notice = [notices = std::move(notices)](const MemberNotice& notice) {
    notices(BackendNotice{std::string(notice.pool), std::string(notice.endpoint), notice.address, notice.news,
                          std::string(notice.reason), notice.failures, notice.time});
  };
  return view;
}

}  // namespace

Modes::Modes(Loop& loop, BufferPool& buffers, StatsArea& stats, Quota& quota, unsigned own_page,
             BackendNoticeSink notices)
    : lingering_(loop, buffers),
      answers_(Response{}),
      server_(loop, buffers, lingering_, stats.writable_page(own_page), answers_),
      raw_(loop, buffers, lingering_, stats.writable_page(own_page), answers_),
      proxy_(loop, buffers, lingering_, stats.writable_page(own_page), own_page,
             outlook(stats, quota, own_page, std::move(notices))),
      tcp_(proxy_),
      gate_(loop, buffers, stats.writable_page(own_page).worker, proxy_.settings()) {}

ConnectionTaker& Modes::taker_for(const SnapshotListener& listener) {
  switch (listener.mode) {
    case ListenerMode::kServer:
      return server_;
    case ListenerMode::kRaw:
      return raw_;
    case ListenerMode::kProxy:
      return proxy_;
    case ListenerMode::kTcp:
      return tcp_;
    case ListenerMode::kAuto:
      break;
  }
  std::abort();  // decided by the supervisor
}

void Modes::apply(const Snapshot& snapshot) {
  answers_.set_response(snapshot.response);
  server_.apply(snapshot);
  raw_.apply(snapshot);
  proxy_.apply(snapshot);
}

void Modes::keep_out(const BackendNotice& ejection) {
  proxy_.keep_out({ejection.pool, ejection.endpoint, ejection.address, ejection.news, ejection.reason,
                   ejection.failures, ejection.time});
}

// The proxy's modes look at their sessions with every generation.
void Modes::leave(const ListenerHandles& listeners) {
  server_.leave(listeners);
  raw_.leave(listeners);
  gate_.leave(listeners);
}

void Modes::drain() {
  server_.drain();
  raw_.drain();
  proxy_.drain();
  gate_.drain();
}

// What lingers comes last: whoever is cut may leave a connection there.
std::uint64_t Modes::cut() {
  std::uint64_t ended = gate_.cut();
  ended += server_.cut();
  ended += raw_.cut();
  ended += proxy_.cut();
  ended += tcp_.cut();
  return ended + lingering_.cut();
}

std::size_t Modes::connections() const {
  return server_.connections() + raw_.connections() + proxy_.connections() + tcp_.connections() +
         gate_.connections() + lingering_.connections();
}

}  // namespace demo
