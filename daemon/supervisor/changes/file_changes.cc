// What a change makes of the configuration file is settled when its turn comes: until then another change may
// move what runs, or what was taken in of the file. So the file is read first, on the reader's thread, and
// the change that is queued carries the reading.
#include "supervisor/changes/file_changes.h"

#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <utility>

#include "base/counted.h"
#include "base/printable.h"
#include "config/config_diff.h"

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

constexpr const char* kSetsNothing = "sets nothing, as a file that was emptied by mistake";

// Of a file of which a full disk or an editor that died left nothing.
Error emptied(const std::string& name, const char* way_out) {
  return {ErrorCode::kInvalidArgument, fmt::format("{} {}{}", name, kSetsNothing, way_out), "", ""};
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

FileChanges::FileChanges(boost::asio::io_context& loop, Source source, ChangeQueue& changes,
                         const SavedState& saved)
    : name_(source.name),
      changes_(changes),
      saved_(saved),
      reader_(loop, std::move(source.name), std::move(source.read), std::move(source.read_text),
              std::move(source.first)) {}

bool FileChanges::was_emptied(bool sets_nothing, const Config& config) const {
  return sets_nothing && saved_.running_base() != config;
}

void FileChanges::look(std::function<void(std::shared_ptr<const FileLook>)> done) {
  reader_.look([this, done = std::move(done)](const std::shared_ptr<const FileLook>& look) {
    if (!was_emptied(look->sets_nothing, look->config)) return done(look);
    auto last = std::make_shared<FileLook>(*look);
    if (saved_.running_base()) last->config = *saved_.running_base();
    last->emptied = last->problem.empty();  // otherwise it was, before it could not be read any more
    if (last->emptied) last->problem = fmt::format("it {}", kSetsNothing);
    done(last);
  });
}

void FileChanges::go_back_to(const FileReading& file, ResetRequest request,
                             std::function<void(Result<ChangeOutcome>)> done) {
  ChangeRequest& change = request.change;
  change.change = [this, file, allow_empty = request.allow_empty](const Config&) -> Result<Config> {
    if (!allow_empty && was_emptied(file.sets_nothing, file.config)) return emptied(name_, kTakeItAllTheSame);
    return file.config;
  };
  change.file = file.config;
  changes_.push(std::move(change), [done = std::move(done)](Result<ChangeOutcome> changed) {
    done(changed ? std::move(changed) : of_one_line(changed.error()));
  });
}

void FileChanges::reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done) {
  reader_.read([this, request = std::move(request), done = std::move(done)](const Result<FileReading>& file) {
    if (!file) return done(unreadable(file.error()));
    go_back_to(*file, request, done);
  });
}

void FileChanges::apply(FileRequest request, std::function<void(Result<FileOutcome>)> done) {
  const auto merge = [this, request, done = std::move(done)](const Result<FileReading>& file) {
    if (file) return merge_file(*file, request, done);
    done(request.text ? file.error() : unreadable(file.error()));
  };
  if (request.text) return reader_.read_text(*request.text, request.name, merge);
  reader_.read(merge);
}

void FileChanges::merge_file(const FileReading& reading, FileRequest request,
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
    if (was_emptied(reading.sets_nothing, reading.config)) return emptied(name_, kTakeItAllTheSame);
    const Config& file = reading.config;
    outcome->merge = merge_config(saved_.running_base(), file, running, side);
    outcome->base_known = saved_.running_base().has_value();
    outcome->kept = diff_config(file, outcome->merge.config);
    return settle(outcome->merge, outcome->base_known);
  };
  // The saved state may have taken in less.
  request.change.saved_change = [this, file = reading.config, side = request.side,
                                 settle](const Config& lasting) {
    const std::optional<Config>& base = saved_.lasting_base();
    return settle(merge_config(base, file, lasting, side), base.has_value());
  };
  request.change.file = reading.config;
  changes_.push(std::move(request.change), [outcome, done = std::move(done)](Result<ChangeOutcome> changed) {
    if (!changed) return done(of_one_line(changed.error()));
    outcome->change = std::move(*changed);
    done(std::move(*outcome));
  });
}

}  // namespace demo
