#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/changes/change_queue.h"
#include "supervisor/state/config_reader.h"
#include "supervisor/state/saved_state.h"

namespace demo {

// The changes that flags and file make while the daemon runs: back to them, or what changed in them. Owns the
// reader; borrows the queue and the saved state. Runs on the supervisor's loop.
class FileChanges {
 public:
  // Where flags and file are read.
  struct Source {
    std::string name;  // path of the file; empty: there are flags alone
    ConfigReader::Read read;
    ConfigReader::ReadText read_text;
    Config first;  // what they said at the start
  };

  FileChanges(boost::asio::io_context& loop, Source source, ChangeQueue& changes, const SavedState& saved);

  // How flags and file are now, and as they were taken last where they are not taken now.
  void look(std::function<void(std::shared_ptr<const FileLook>)> done);
  void read(std::function<void(Result<FileReading>)> done) { reader_.read(std::move(done)); }
  // Both as in SupervisorApi.
  void reset(ResetRequest request, std::function<void(Result<ChangeOutcome>)> done);
  void apply(FileRequest request, std::function<void(Result<FileOutcome>)> done);
  // One change that puts what was read in the place of what runs.
  void go_back_to(const FileReading& file, ResetRequest request,
                  std::function<void(Result<ChangeOutcome>)> done);

 private:
  // Whether the daemon's file lost all that it set.
  bool was_emptied(bool sets_nothing, const Config& config) const;
  void merge_file(const FileReading& reading, FileRequest request,
                  std::function<void(Result<FileOutcome>)> done);

  const std::string name_;
  ChangeQueue& changes_;
  const SavedState& saved_;
  ConfigReader reader_;
};

}  // namespace demo
