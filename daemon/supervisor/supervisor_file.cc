// What the supervisor does with the configuration file while it runs.
#include <fmt/format.h>
#include <unistd.h>

#include <boost/asio/post.hpp>
#include <memory>
#include <utility>

#include "base/counted.h"
#include "base/error_lines.h"
#include "base/log.h"
#include "base/printable.h"
#include "config/config_diff.h"
#include "supervisor/supervisor.h"

namespace demo {
namespace {

Error collision_error(const ConfigMerge& merge, bool base_known) {
  const Collision& first = merge.collisions.front();
  const std::string what =
      base_known ? fmt::format("{} of the file with what was changed at run time",
                               counted(merge.collisions.size(), "collision"))
                 : fmt::format(
                       "what was changed in the file since it was last read is not known, and it "
                       "differs in {} from what runs",
                       counted(merge.collisions.size(), "value"));
  return {ErrorCode::kFailedPrecondition,
          fmt::format("{}: nothing changed; choose a side (prefer). The first is {}: in the file {}, at run "
                      "time {}",
                      what, first.path, first.file, first.running),
          "prefer", ""};
}

// A file that this process may not read, or that is gone, says nothing of the caller's rights and words.
Error unreadable(Error error) {
  if (error.code == ErrorCode::kPermissionDenied) error.message += fmt::format(" (as uid {})", ::geteuid());
  if (error.code == ErrorCode::kPermissionDenied || error.code == ErrorCode::kNotFound)
    error.code = ErrorCode::kFailedPrecondition;
  return error;
}

// Of a file of which a full disk or an editor that died left nothing.
Error emptied(const std::string& name, const char* way_out) {
  return {ErrorCode::kInvalidArgument,
          fmt::format("{} sets nothing, as a file that was emptied by mistake{}", name, way_out), "", ""};
}

// Of the daemon's own.
constexpr const char* kTakeItAllTheSame =
    " (democtl config reset --allow-empty goes back to it all the same)";

// An error of a file has a line for each thing that is wrong; in another one a line's end is a part of a
// name.
Error of_one_line(Error error) {
  error.message = printable(error.message);
  return error;
}

}  // namespace

bool Supervisor::was_emptied(const FileReading& file) const {
  return file.sets_nothing && running_base_ != file.config;
}

void Supervisor::go_back_to(const FileReading& file, ResetRequest request,
                            std::function<void(Result<ChangeOutcome>)> done) {
  ChangeRequest& change = request.change;
  change.change = [this, file, allow_empty = request.allow_empty](const Config&) -> Result<Config> {
    if (!allow_empty && was_emptied(file)) return emptied(options_.config_file, kTakeItAllTheSame);
    return file.config;
  };
  change.file = file.config;
  changes_.push(std::move(change), [done = std::move(done)](Result<ChangeOutcome> changed) {
    done(changed ? std::move(changed) : of_one_line(changed.error()));
  });
}

void Supervisor::reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)] {
    file_.read([this, request, done](const Result<FileReading>& file) {
      if (!file) return done(unreadable(file.error()));
      go_back_to(*file, request, done);
    });
  });
}

void Supervisor::reload() {
  if (stopping_) return log(LogLevel::kNotice, "SIGHUP: the daemon is stopping: no file is read again");
  file_.read([this](const Result<FileReading>& file) {
    if (stopping_) return;
    if (!file) {
      announce(EventKind::kWarning, LogLevel::kError, "configuration file",
               "not read again, nothing changes: " + in_one_line(file.error()));
      return;
    }
    systemd_.reloading();
    ResetRequest request;
    request.change.description = "reload of the configuration file";
    request.change.caller.name = "SIGHUP";
    go_back_to(*file, std::move(request), [this](const Result<ChangeOutcome>& outcome) {
      if (!outcome) {
        announce(EventKind::kWarning, LogLevel::kError, "configuration file",
                 "not applied: " + outcome.error().message);
      }
      systemd_.reloaded();
    });
  });
}

void Supervisor::look_at_file(std::function<void(std::shared_ptr<const FileLook>)> done) {
  boost::asio::post(loop_, [this, done = std::move(done)] { file_.look(done); });
}

void Supervisor::apply_file(FileRequest request, std::function<void(Result<FileOutcome>)> done) {
  boost::asio::post(loop_, [this, request = std::move(request), done = std::move(done)] {
    const auto merge = [this, request, done](const Result<FileReading>& file) {
      if (file) return merge_file(*file, request, done);
      done(request.text ? file.error() : unreadable(file.error()));
    };
    if (request.text) return file_.read_text(*request.text, request.name, merge);
    file_.read(merge);
  });
}

void Supervisor::merge_file(const FileReading& reading, FileRequest request,
                            std::function<void(Result<FileOutcome>)> done) {
  // Filled in when the change's turn has come: until then another one may move what runs, or the base.
  auto outcome = std::make_shared<FileOutcome>();
  const bool dry_run = request.change.dry_run;
  const auto settle = [dry_run, side = request.side](ConfigMerge merged, bool base_known) -> Result<Config> {
    if (!merged.collisions.empty() && side == MergeSide::kNone && !dry_run)
      return collision_error(merged, base_known);
    return std::move(merged.config);
  };
  const bool sent = request.text.has_value();
  request.change.change = [this, reading, sent, name = request.name, side = request.side, settle,
                           outcome](const Config& running) -> Result<Config> {
    if (sent && reading.sets_nothing) return emptied(name, "");
    if (was_emptied(reading)) return emptied(options_.config_file, kTakeItAllTheSame);
    const Config& file = reading.config;
    outcome->merge = merge_config(running_base_, file, running, side);
    outcome->base_known = running_base_.has_value();
    outcome->kept = diff_config(file, outcome->merge.config);
    return settle(outcome->merge, outcome->base_known);
  };
  // The saved state may have taken in less.
  request.change.saved_change = [this, file = reading.config, side = request.side,
                                 settle](const Config& lasting) {
    const std::optional<Config>& base = options_.file_base;
    return settle(merge_config(base, file, lasting, side), base.has_value());
  };
  request.change.file = reading.config;
  changes_.push(std::move(request.change), [outcome, done = std::move(done)](Result<ChangeOutcome> changed) {
    if (!changed) return done(of_one_line(changed.error()));
    outcome->change = std::move(*changed);
    done(std::move(*outcome));
  });
}

void Supervisor::take_file(const Config& file, bool saved) {
  running_base_ = file;
  base_is_shared_ = saved;
  if (!saved) return;
  options_.file_base = file;
  options_.file_base_kept = false;
  keep_file_base();
}

void Supervisor::share_file_base() {
  if (base_is_shared_ || lasting_ != config_) return;
  take_file(*running_base_, true);
}

void Supervisor::keep_file_base() {
  if (!options_.store || !options_.file_base || options_.file_base_kept) return;
  const std::string bytes = options_.encode(*options_.file_base);
  const auto kept = options_.store->save_file(bytes);
  options_.file_base_kept = kept.has_value();
  const std::string before = std::exchange(
      file_base_doubt_, kept ? "" : "what was taken of it cannot be kept: " + kept.error().message);
  look_after_store(bytes.size());
  if (file_base_doubt_ == before) return;
  announce(EventKind::kWarning, kept ? LogLevel::kNotice : LogLevel::kError, "configuration file",
           kept ? "what was taken of it is kept again" : file_base_doubt_);
}

}  // namespace demo
