// What the API asks of the supervisor: each request is carried to the loop's thread.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "base/log.h"
#include "supervisor/changes/dropped_request.h"
#include "supervisor/changes/expected_generation.h"
#include "supervisor/supervisor.h"

namespace demo {

void Supervisor::change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    changes_.push(std::move(request), std::move(done));
  });
}

void Supervisor::save(SaveRequest request, std::function<void(Status)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)] {
    if (!persistent()) {
      return done(Error{ErrorCode::kFailedPrecondition,
                        "there is no state directory to save in: start demo-server with --state-dir", "",
                        ""});
    }
    ChangeRequest saving;
    saving.save_only = true;
    saving.asker = request.asker;
    // In its turn: while a removal ends what is in flight, what runs is not what the next start shall run.
    changes_.push(std::move(saving), [this, request, done](Result<ChangeOutcome> outcome) {
      if (!outcome) return done(outcome.error());
      if (!outcome->persisted) return done(Error{ErrorCode::kInternal, save_doubt_, "state_dir", ""});
      record(EventKind::kConfigChanged, "config",
             {LogLevel::kNotice,
              fmt::format("generation {}, {}: saved", generation_, request.caller.name),
              "save",
              generation_,
              request.caller,
              {}});
      done({});
    });
  });
}

void Supervisor::control_trouble(std::string problem) {
  boost::asio::post(loop_, [this, problem = std::move(problem)]() mutable {
    announce(EventKind::kWarning, LogLevel::kWarning, "control-tcp", problem);
    control_trouble_ = std::move(problem);
    tell_systemd();
  });
}

void Supervisor::control_well(std::string news) {
  boost::asio::post(loop_, [this, news = std::move(news)] {
    announce(EventKind::kWarning, LogLevel::kNotice, "control-tcp", news);
    control_trouble_.clear();
    tell_systemd();
  });
}

void Supervisor::restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    restart_on_loop(request, std::move(done));
  });
}

void Supervisor::restart_on_loop(const RestartRequest& request,
                                 std::function<void(Result<ChangeOutcome>)> done) {
  if (stopping_) return done(daemon_stopping());
  if (auto same = check_generation(request.expected_generation, generation_); !same)
    return done(same.error());
  std::vector<unsigned> indexes;
  std::string known;
  for (const WorkerReport& worker : workers_.reports()) {
    if (worker.planned) known += fmt::format("{}{}", known.empty() ? "" : ", ", worker.index);
    const bool asked = !request.worker || *request.worker == worker.index;
    if (asked && worker.planned) indexes.push_back(worker.index);
  }
  if (indexes.empty()) {
    const std::string value = std::to_string(request.worker.value_or(0));
    return done(Error{ErrorCode::kNotFound, fmt::format("there is no worker {}, only {}", value, known),
                      "worker", value});
  }
  // Recorded is what is done: a refusal is told to the caller alone.
  if (restart_.running()) return done(RollingRestart::refusal());
  if (auto wanted = begin_for(request.asker); !wanted) return done(wanted.error());
  const std::string what = request.worker ? fmt::format("restart of worker {}", *request.worker)
                                          : std::string("restart of all workers");
  record(EventKind::kWorkerDraining, "workers",
         {LogLevel::kNotice,
          fmt::format("{}: {}", request.caller.name, what),
          what,
          generation_,
          request.caller,
          {}});
  restart_.begin(std::move(indexes),
                 [this, done = std::move(done)](Result<std::vector<WorkerOutcome>> outcomes) {
                   if (!outcomes) return done(outcomes.error());
                   ChangeOutcome outcome;
                   outcome.generation = generation_;
                   outcome.workers = std::move(*outcomes);
                   done(std::move(outcome));
                 });
}

void Supervisor::status(std::function<void(std::shared_ptr<const StatusReport>)> done) {
  boost::asio::post(
      loop_, [this, done = std::move(done)] { done(std::make_shared<const StatusReport>(build_status())); });
}

}  // namespace demo
