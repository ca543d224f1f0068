#include "worker/worker.h"

#include <utility>

#include "base/counted.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/other_build.h"
#include "net/connection_trace.h"

namespace demo {
namespace {

// How long the last message to the supervisor may take; it only serves to report.
constexpr std::chrono::milliseconds kLastWordsTime{200};

}  // namespace

Result<std::unique_ptr<Worker>> Worker::open(unsigned page, UniqueFd channel, UniqueFd stats,
                                             QuotaArea quota) {
  Result<StatsArea> area = StatsArea::open(std::move(stats), page);
  if (!area) return area.error();
  Result<std::unique_ptr<Loop>> loop = Loop::open();
  if (!loop) return loop.error();
  std::unique_ptr<Worker> worker(
      new Worker(page, std::move(*loop), std::move(channel), std::move(*area), std::move(quota)));
  if (const Status opened = worker->link_.open(); !opened) return opened.error();
  if (const Status opened = worker->bell_.open(); !opened) return opened.error();
  return worker;
}

Worker::Worker(unsigned page, std::unique_ptr<Loop> loop, UniqueFd channel, StatsArea stats, QuotaArea quota)
    : Timer(Timer::call<Worker>),
      loop_(std::move(loop)),
      stats_(std::move(stats)),
      page_index_(page),
      page_(stats_.writable_page(page)),
      quota_area_(std::move(quota)),
      quota_(quota_area_, page),
      link_(*loop_, std::move(channel), *this),
      log_watch_(*loop_, [this](std::uint64_t lines) { link_.send(LogLoss{lines}); }),
      modes_(*loop_, buffers_, stats_, quota_, page,
             [this](BackendNotice notice) { link_.send(std::move(notice)); }),
      listeners_(*loop_, modes_, page_, quota_),
      bell_(*loop_, quota_,
            [this] {
              modes_.hear_others();
              listeners_.hear_others();
            }),
      recorder_(page_.worker) {}

// Connections refer to their listeners, which the listener set takes with it.
Worker::~Worker() { modes_.cut(); }

WorkerExit Worker::run() {
  loop_->run(recorder_);
  return exit_;
}

void Worker::on_snapshot(ApplySnapshot message) {
  set_log_level(message.snapshot.log_level);
  if (!tracing()) forget_traced();
  listeners_.apply_listeners(message.snapshot);
  modes_.apply(message.snapshot);
  for (const BackendNotice& ejection : message.ejections) modes_.keep_out(ejection);
  // A draining worker has given up its sockets for good.
  if (draining_) message.sockets.clear();
  Ack ack{message.snapshot.generation, listeners_.apply_sockets(std::move(message.sockets)), confinement_};
  page_.worker.generation.set(ack.generation);
  link_.send(std::move(ack));
}

void Worker::on_drain(std::chrono::milliseconds deadline) {
  if (!std::exchange(has_deadline_, true)) loop_->timers().arm(*this, deadline);
  drain();
}

void Worker::drain() {
  if (std::exchange(draining_, true)) return;
  page_.worker.draining.set(1);
  loop_->add_reclaimer(*this);
  listeners_.stop_accepting();
  modes_.drain();
  log(LogLevel::kDebug, "draining {}", counted(modes_.connections(), "connection"));
}

void Worker::on_lost() {
  log(LogLevel::kInfo, "its channel has ended: draining");
  patient_ ? drain() : on_drain(limits::kDrainTimeout);
}

// Nobody would end it any more.
void Worker::on_alone() { on_drain(limits::kDrainTimeout); }

void Worker::on_nonsense(const Error& error) {
  log(LogLevel::kError, "{}: draining", error.message);
  exit_ = is_other_build(error) ? WorkerExit::kOtherBuild : WorkerExit::kNonsense;
  on_drain(limits::kDrainTimeout);
}

void Worker::on_timeout() {
  for (const std::uint32_t slot : stats_.used_backends(page_index_)) {
    BackendStats& backend = page_.backends[slot];
    if (const std::uint64_t active = backend.requests_active.get(); active > 0) {
      backend.forced_closes.add(active);
    }
  }
  leave(modes_.cut());
}

void Worker::reclaim() {
  if (modes_.connections() == 0) leave(0);
}

// The deadline and the last connection may come in the same turn: the first report counts.
void Worker::leave(std::uint64_t forced) {
  if (std::exchange(left_, true)) return;
  page_.worker.forced_closes.add(forced);
  if (forced > 0) log(LogLevel::kWarning, "drain deadline: {} closed", counted(forced, "connection"));
  link_.send_finally(Drained{forced}, kLastWordsTime);
  loop_->stop();
}

}  // namespace demo
