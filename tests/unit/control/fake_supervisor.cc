#include "fake_supervisor.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <future>
#include <memory>
#include <utility>

#include "config/config_diff.h"
#include "config/validate.h"
#include "supervisor/backends/backend_drains.h"

namespace demo::test {

struct FakeSupervisor::Drains {
  explicit Drains(FakeSupervisor& supervisor)
      : drains(
            loop,
            {[this, &supervisor](ChangeRequest request, auto done) {
               // Answers come on the fake's thread, which may not keep what the loop's own thread
               // ends: it gives the callback away with the answer.
               const auto answer = std::make_shared<decltype(done)>(std::move(done));
               supervisor.change(std::move(request), [this, answer](const Result<ChangeOutcome>& outcome) {
                 boost::asio::post(
                     loop, [answered = std::exchange(*answer, nullptr), outcome] { answered(outcome); });
               });
             },
             [&supervisor](const BackendKey& key) { return supervisor.standing(key); }, supervisor.events()}),
        work(boost::asio::make_work_guard(loop)),
        thread([this] { loop.run(); }) {}
  ~Drains() {
    loop.stop();
    thread.join();
  }
  // Of a configuration that came in force; they are told in the order of the calls.
  std::future<void> tell(Config config, std::uint64_t generation) {
    auto told = std::make_shared<std::promise<void>>();
    auto future = told->get_future();
    boost::asio::dispatch(loop, [this, told, config = std::move(config), generation] {
      drains.on_committed(config, generation);
      told->set_value();
    });
    return future;
  }

  boost::asio::io_context loop{1};
  BackendDrains drains;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  std::thread thread;
};

FakeSupervisor::FakeSupervisor() : drains_(std::make_unique<Drains>(*this)), thread_([this] { run(); }) {}

FakeSupervisor::~FakeSupervisor() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    stalled_ = false;
    samples_held_ = false;
  }
  changed_.notify_all();
  thread_.join();
}

void FakeSupervisor::post(std::function<void()> task) {
  const std::lock_guard lock(mutex_);
  tasks_.push_back(std::move(task));
  changed_.notify_all();
}

void FakeSupervisor::run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || (!stalled_ && !tasks_.empty()); });
    if (stopping_ && tasks_.empty()) return;
    const auto task = std::move(tasks_.front());
    tasks_.pop_front();
    lock.unlock();
    task();
    lock.lock();
  }
}

Result<ChangeOutcome> FakeSupervisor::apply(const ChangeRequest& request) {
  const std::lock_guard lock(mutex_);
  changes_.push_back(request);
  if (request.expected_generation && *request.expected_generation != generation_) {
    return Error{ErrorCode::kAborted, "the state moved on", "expected_generation",
                 std::to_string(*request.expected_generation)};
  }
  Result<Config> next = request.change ? request.change(config_) : Result<Config>(Config{});
  if (!next) return next.error();
  if (const auto problems = validate(*next); !problems.empty()) return problems.front();
  ChangeOutcome outcome;
  outcome.differences = diff_config(config_, *next);
  outcome.persisted = request.persist && !request.dry_run;
  if (!request.dry_run && !outcome.differences.empty()) {
    config_ = *std::move(next);
    ++generation_;
    drains_->tell(config_, generation_);
  }
  outcome.generation = generation_;
  if (!request.dry_run) outcome.workers = {{0, true, ""}, {1, false, "no answer"}};
  return outcome;
}

void FakeSupervisor::change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  {
    const std::lock_guard lock(mutex_);
    last_asker_ = request.asker;
  }
  post([this, request = std::move(request), done = std::move(done)] {
    if (request.asker && !request.asker->begin()) {
      return done(Error{ErrorCode::kAborted, "nobody waits", "", ""});
    }
    std::unique_lock lock(mutex_);
    if (begin_only_) {
      begun_.emplace_back([this, request, done] { done(apply(request)); });
    } else {
      lock.unlock();
      done(apply(request));
    }
    changed_.notify_all();
  });
}

void FakeSupervisor::drain(DrainOrder order, DrainAnswer begun, DrainAnswer ended) {
  boost::asio::post(drains_->loop, [this, order = std::move(order), begun = std::move(begun),
                                    ended = std::move(ended)]() mutable {
    drains_->drains.start(std::move(order), std::move(begun), std::move(ended));
  });
}

void FakeSupervisor::stop_drains() { on_drains(&BackendDrains::stop); }

void FakeSupervisor::leave_drains() { on_drains(&BackendDrains::answer_all); }

void FakeSupervisor::on_drains(void (BackendDrains::*call)()) {
  std::promise<void> called;
  boost::asio::post(drains_->loop, [&] {
    (drains_->drains.*call)();
    called.set_value();
  });
  called.get_future().wait();
}

Config FakeSupervisor::lasting() {
  std::promise<Config> promise;
  boost::asio::post(drains_->loop,
                    [&] { promise.set_value(drains_->drains.without_pending_removals(config())); });
  return promise.get_future().get();
}

void FakeSupervisor::reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  request.change.change = nullptr;
  change(std::move(request.change), std::move(done));
}

void FakeSupervisor::apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) {
  FileLook file;
  look_at_file([&](const std::shared_ptr<const FileLook>& look) { file = *look; });
  auto outcome = std::make_shared<FileOutcome>();
  outcome->kept = {request.text ? request.name + ": " + *request.text : file.name};
  request.change.change = [outcome, file, side = request.side](const Config& running) -> Result<Config> {
    outcome->merge = merge_config(Config(), file.config, running, side);
    return outcome->merge.config;
  };
  change(std::move(request.change), [outcome, done = std::move(done)](Result<ChangeOutcome> changed) {
    if (!changed) return done(changed.error());
    outcome->change = std::move(*changed);
    done(*outcome);
  });
}

void FakeSupervisor::look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) {
  std::shared_ptr<const FileLook> look;
  {
    const std::lock_guard lock(mutex_);
    look = std::make_shared<const FileLook>(file_);
  }
  done(std::move(look));
}

void FakeSupervisor::restart_workers(RestartRequest request,
                                     std::function<void(Result<ChangeOutcome>)> done) {
  post([this, request = std::move(request), done = std::move(done)] {
    {
      const std::lock_guard lock(mutex_);
      restarts_.push_back(request);
    }
    if (request.worker && *request.worker > 1) {
      return done(Error{ErrorCode::kNotFound, "there is no worker " + std::to_string(*request.worker),
                        "worker", std::to_string(*request.worker)});
    }
    ChangeOutcome outcome;
    outcome.workers = {{request.worker.value_or(0), true, ""}};
    done(outcome);
  });
}

void FakeSupervisor::upgrade(UpgradeRequest request, UpgradeAnswer done) {
  post([this, request = std::move(request), done = std::move(done)] {
    if (request.asker != nullptr && !request.asker->begin()) return;
    std::uint64_t number = 0;
    {
      const std::lock_guard lock(mutex_);
      number = ++report_.upgrade.number;
    }
    done(UpgradeStart{number, "1.0", "2.0", {"counters begin anew"}});
  });
}

void FakeSupervisor::save(SaveRequest, std::function<void(Status)> done) {
  post([done = std::move(done)] {
    done(Error{ErrorCode::kFailedPrecondition, "there is no state directory", "", ""});
  });
}

void FakeSupervisor::status(std::function<void(std::shared_ptr<const StatusReport>)> done) {
  {
    const std::lock_guard lock(mutex_);
    ++reports_asked_;
  }
  post([this, done = std::move(done)] {
    auto report = std::make_shared<StatusReport>();
    {
      const std::lock_guard lock(mutex_);
      *report = report_;
      report->config = config_;
      report->generation = generation_;
      for (const Listener& listener : config_.listeners) {
        Address bound = listener.address;
        if (!bound.is_unix() && bound.port() == 0) bound.set_port(4321);
        report->listeners.push_back({listener, bound, 0, config_.accept_mode, {}, {}});
      }
    }
    done(std::move(report));
  });
}

void FakeSupervisor::control_trouble(const std::string& subject, std::string problem) {
  control_well(subject, "! " + problem);
}

void FakeSupervisor::control_well(const std::string&, std::string news) {
  const std::lock_guard lock(mutex_);
  told_.push_back(std::move(news));
  changed_.notify_all();
}

std::vector<std::string> FakeSupervisor::told(std::size_t count) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, std::chrono::seconds(30), [&] { return told_.size() >= count; });
  return told_;
}

StatsSample FakeSupervisor::sample() const {
  std::unique_lock lock(mutex_);
  ++samples_taken_;
  changed_.wait(lock, [this] { return !samples_held_; });
  return sample_;
}

void FakeSupervisor::hold_samples() {
  const std::lock_guard lock(mutex_);
  samples_held_ = true;
}

void FakeSupervisor::release_samples() {
  const std::lock_guard lock(mutex_);
  samples_held_ = false;
  changed_.notify_all();
}

void FakeSupervisor::begin_only() {
  const std::lock_guard lock(mutex_);
  begin_only_ = true;
}

void FakeSupervisor::wait_for_begun() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return !begun_.empty(); });
}

void FakeSupervisor::end_begun() {
  std::vector<std::function<void()>> begun;
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !begun_.empty(); });
    begin_only_ = false;
    begun.swap(begun_);
  }
  for (const auto& end : begun) post(end);
}

std::shared_ptr<Asker> FakeSupervisor::last_asker() const {
  const std::lock_guard lock(mutex_);
  return last_asker_;
}

void FakeSupervisor::stall() {
  const std::lock_guard lock(mutex_);
  stalled_ = true;
}

void FakeSupervisor::resume() {
  const std::lock_guard lock(mutex_);
  stalled_ = false;
  changed_.notify_all();
}

bool FakeSupervisor::stalled_with_work() const {
  const std::lock_guard lock(mutex_);
  return stalled_ && !tasks_.empty();
}

Config FakeSupervisor::config() const {
  const std::lock_guard lock(mutex_);
  return config_;
}

void FakeSupervisor::set_config(Config config) {
  std::uint64_t generation = 0;
  {
    const std::lock_guard lock(mutex_);
    config_ = config;
    generation = generation_;
  }
  drains_->tell(std::move(config), generation).wait();
}

std::vector<ChangeRequest> FakeSupervisor::changes() const {
  const std::lock_guard lock(mutex_);
  return changes_;
}

std::vector<RestartRequest> FakeSupervisor::restarts() const {
  const std::lock_guard lock(mutex_);
  return restarts_;
}

void FakeSupervisor::set_sample(StatsSample sample) {
  const std::lock_guard lock(mutex_);
  sample_ = std::move(sample);
}

BackendStanding FakeSupervisor::standing(const BackendKey& key) const {
  const std::lock_guard lock(mutex_);
  BackendStanding standing;
  standing.generation = sample_.generation;
  for (const BackendSample& backend : sample_.backends) {
    if (backend.pool != key.pool || backend.endpoint != key.endpoint) continue;
    standing.there = true;
    add_figures(standing.figures, backend.figures, any_kind);
  }
  return standing;
}

void FakeSupervisor::set_report(StatusReport report) {
  const std::lock_guard lock(mutex_);
  report_ = std::move(report);
}

void FakeSupervisor::set_file(FileLook look) {
  const std::lock_guard lock(mutex_);
  file_ = std::move(look);
}

unsigned FakeSupervisor::reports_asked() const {
  const std::lock_guard lock(mutex_);
  return reports_asked_;
}

unsigned FakeSupervisor::samples_taken() const {
  const std::lock_guard lock(mutex_);
  return samples_taken_;
}

}  // namespace demo::test
