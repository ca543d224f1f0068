// What the API and signals ask of the supervisor: a request is carried to the loop's thread first.
#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <utility>

#include "base/clock.h"
#include "base/error_lines.h"
#include "base/log.h"
#include "supervisor/loop/spawn_plan.h"
#include "supervisor/supervisor.h"

namespace demo {
void Supervisor::change(ChangeRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    changes_.push(std::move(request), std::move(done));
  });
}

void Supervisor::drain(DrainOrder order, DrainAnswer begun, DrainAnswer ended) {
  boost::asio::post(
      loop_, [this, order = std::move(order), begun = std::move(begun), ended = std::move(ended)]() mutable {
        drains_.start(std::move(order), std::move(begun), std::move(ended));
      });
}

void Supervisor::save(SaveRequest request, std::function<void(Status)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)] {
    if (!saved_.persistent()) {
      return done(Error{ErrorCode::kFailedPrecondition,
                        "there is no state directory to save in: start demo-server with --state-dir", "",
                        ""});
    }
    ChangeRequest saving;
    saving.save_only = true;
    saving.asker = request.asker;
    saving.change = [this](const Config& running) { return drains_.without_pending_removals(running); };
    // In its turn: while a removal ends what is in flight, what runs is not what the next start shall run.
    changes_.push(std::move(saving), [this, request, done](Result<ChangeOutcome> outcome) {
      if (!outcome) return done(outcome.error());
      if (!outcome->persisted) return done(Error{ErrorCode::kInternal, saved_.doubt(), "state_dir", ""});
      events_.record(EventKind::kConfigChanged, "config",
                     {LogLevel::kNotice,
                      fmt::format("generation {}, {}: saved", running_.generation, request.caller.name),
                      "save",
                      running_.generation,
                      request.caller,
                      {}});
      done({});
    });
  });
}

void Supervisor::upgrade(UpgradeRequest request, UpgradeAnswer done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    if (running_.stopping || leaving_) return done(daemon_stopping());
    upgrade_.begin(request, std::move(done));
  });
}

void Supervisor::control_trouble(const std::string& subject, std::string problem) {
  boost::asio::post(loop_, [this, subject, problem = std::move(problem)]() mutable {
    events_.announce(EventKind::kWarning, LogLevel::kWarning, subject, problem);
    troubles_.control[subject] = std::move(problem);
    tell_systemd();
  });
}

void Supervisor::control_well(const std::string& subject, std::string news) {
  boost::asio::post(loop_, [this, subject, news = std::move(news)] {
    events_.announce(EventKind::kWarning, LogLevel::kNotice, subject, news);
    troubles_.control.erase(subject);
    tell_systemd();
  });
}

void Supervisor::restart_workers(RestartRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)]() mutable {
    if (running_.stopping) return done(daemon_stopping());
    fleet_.restart(request, std::move(done));
  });
}

void Supervisor::status(std::function<void(std::shared_ptr<const StatusReport>)> done) {
  boost::asio::post(loop_, [this, done = std::move(done)] {
    done(std::make_shared<const StatusReport>(status_.report()));
  });
}

void Supervisor::reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(
      loop_, [this, request = std::move(request), done = std::move(done)] { file_.reset(request, done); });
}

void Supervisor::apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) {
  boost::asio::post(
      loop_, [this, request = std::move(request), done = std::move(done)] { file_.apply(request, done); });
}

void Supervisor::look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) {
  boost::asio::post(loop_, [this, done = std::move(done)] { file_.look(done); });
}

void Supervisor::on_signal(int signal) {
  if (signal == SIGUSR1) {
    reopen_log();
  } else if (signal == SIGHUP) {
    reopen_log();
    reload();
  } else if (signal == SIGUSR2) {
    upgrade_by_signal();
  } else if (signal == SIGRTMIN) {
    leave();
  } else if (running_.stopping) {
    stop_at_once();
  } else {
    log(LogLevel::kNotice, "{}: draining, once more ends at once", signal_name(signal));
    stop();
  }
}

void Supervisor::reopen_log() {
  if (auto opened = options_.reopen_log(); !opened) {
    troubles_.log = opened.error().message;
    events_.announce(EventKind::kWarning, LogLevel::kError, "log", troubles_.log);
    return;
  }
  troubles_.log.clear();
  fleet_.workers().pass_log();
}

void Supervisor::stop() {
  running_.stopping = true;
  leaving_ = false;
  systemd_.stopping();
  changes_.stop();
  upgrade_.stop();
  drains_.stop();
  fleet_.stop();
  settle_timer_.stop();
  // In this order: what workers find in the queues then is all that there will be.
  sockets_.close_all();
  handover_.give_up();
  fleet_.workers().drain_all();
  schedule_progress();
}

void Supervisor::leave() {
  if (running_.stopping) return log(LogLevel::kWarning, "SIGRTMIN: not leaving, the daemon is stopping");
  if (!handover_.there()) {
    return log(LogLevel::kWarning,
               "SIGRTMIN: not leaving, no service manager keeps what the workers serve with");
  }
  log(LogLevel::kNotice, "SIGRTMIN: leaving, the workers serve on until the next supervisor takes over");
  upgrade_.stop();
  leaving_ = true;
  leaving_since_ns_ = monotonic_ns();
  schedule_progress();
}

void Supervisor::upgrade_by_signal() {
  UpgradeRequest request;
  request.caller.name = "SIGUSR2";
  // A failure is told as an event already, a refusal is not.
  upgrade(std::move(request), [](const Result<UpgradeStart>& start) {
    if (!start) log(LogLevel::kWarning, "SIGUSR2: no upgrade: {}", start.error().message);
  });
}

void Supervisor::stop_at_once() {
  log(LogLevel::kWarning, "second signal: connections are cut");
  fleet_.workers().end_all();
  loop_.stop();
}

void Supervisor::reload() {
  if (running_.stopping)
    return log(LogLevel::kNotice, "SIGHUP: the daemon is stopping: no file is read again");
  reloads_ = true;
  file_.read([this](const Result<FileReading>& file) {
    if (running_.stopping) return;
    if (!file) {
      reloads_ = false;
      events_.announce(EventKind::kWarning, LogLevel::kError, "configuration file",
                       "not read again, nothing changes: " + in_one_line(file.error()));
      return;
    }
    systemd_.reloading();
    ResetRequest request;
    request.change.description = "reload of the configuration file";
    request.change.caller.name = "SIGHUP";
    file_.go_back_to(*file, std::move(request), [this](const Result<ChangeOutcome>& outcome) {
      if (!outcome) {
        events_.announce(EventKind::kWarning, LogLevel::kError, "configuration file",
                         "not applied: " + outcome.error().message);
      }
      reloads_ = false;
      systemd_.reloaded();
    });
  });
}

}  // namespace demo
