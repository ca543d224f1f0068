#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "supervisor/api/supervisor_api.h"
#include "supervisor/loop/loop_timer.h"
#include "supervisor/loop/side_thread.h"
#include "supervisor/state/file_reading.h"
#include "supervisor/state/file_stamp.h"

namespace demo {

// Reads flags and file for the supervisor, on a thread of its own: a file system that does not answer holds
// nothing else up. Runs on the loop, which it borrows.
class ConfigReader {
 public:
  // Blocks. files: gets the paths of what was read.
  using Read = std::function<Result<FileReading>(std::vector<std::string>& files)>;
  // Blocks too, without files of its own.
  using ReadText = std::function<Result<FileReading>(const std::string& text, const std::string& name)>;

  // name: FileLook::name. first: what read said at the start.
  ConfigReader(boost::asio::io_context& loop, std::string name, Read read, ReadText read_text, Config first);

  // How flags and file are now. Read is what changed since the last time, as their stamps tell. Answered
  // within a second, with a problem when the file system is slower.
  void look(std::function<void(std::shared_ptr<const FileLook>)> done);

  // Reads them, whatever was known. Waits as long as the file system does.
  void read(std::function<void(Result<FileReading>)> done);

  // A text in place of the file, with the flags over it.
  void read_text(std::string text, std::string name, std::function<void(Result<FileReading>)> done);

 private:
  void begin_look();
  void take(Result<FileReading> read);
  void end_look(const std::shared_ptr<const FileLook>& look);
  void tell(const std::shared_ptr<const FileLook>& look);
  // The last one, with another problem.
  std::shared_ptr<const FileLook> with_problem(const std::string& problem, bool stops_start = false) const;

  const Read read_;
  const ReadText read_text_;
  std::shared_ptr<const FileLook> last_;
  std::vector<FileStamp> stamps_;
  bool stamps_tell_ = false;  // whoever finds them unchanged need not read
  std::vector<std::function<void(std::shared_ptr<const FileLook>)>> waiting_;
  bool looking_ = false;
  std::shared_ptr<const FileLook> late_;  // it looks for longer than anybody waits: what is told meanwhile
  LoopTimer patience_;
  // Last: gone before what their jobs hand over to. A text waits for no file system.
  SideThread thread_;
  SideThread texts_;
};

}  // namespace demo
