#include "supervisor/state/config_reader.h"

#include <chrono>
#include <cstdint>
#include <utility>

#include "base/error_lines.h"

namespace demo {
namespace {

// Whoever asks how the file stands to what runs is told then that it does not answer, and everything else.
constexpr std::chrono::milliseconds kLookPatience{1000};
constexpr const char* kSilent = "its file system does not answer";

using ReadDone = std::function<void(Result<FileReading>)>;

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::vector<FileStamp> stamps_of(const std::vector<std::string>& files) {
  std::vector<FileStamp> stamps;
  for (const std::string& file : files) stamps.push_back(stamp_of(file));
  return stamps;
}

bool unchanged(const std::vector<FileStamp>& stamps) {
  for (const FileStamp& stamp : stamps) {
    if (stamp_of(stamp.path) != stamp) return false;
  }
  return true;
}

// The first of what a start would say.
std::string summary_of(const Error& error) {
  const std::vector<std::string> lines = lines_of(error);
  return lines.size() == 1 ? lines.front() : lines.front() + "; and more";
}

Error no_thread(const std::string& why) { return {ErrorCode::kResourceExhausted, why, "", ""}; }

}  // namespace

ConfigReader::ConfigReader(boost::asio::io_context& loop, std::string name, Read read, ReadText read_text,
                           Config first)
    : read_(std::move(read)),
      read_text_(std::move(read_text)),
      last_(std::make_shared<const FileLook>(FileLook{std::move(name), std::move(first), ""})),
      patience_(loop,
                [this] {
                  late_ = with_problem(kSilent);
                  tell(late_);
                }),
      thread_(loop),
      texts_(loop) {}

void ConfigReader::look(std::function<void(std::shared_ptr<const FileLook>)> done) {
  if (late_) return done(late_);
  waiting_.push_back(std::move(done));
  if (!std::exchange(looking_, true)) begin_look();
}

void ConfigReader::begin_look() {
  patience_.start(kLookPatience);
  thread_.run(
      [this, read = read_, known = stamps_, trusted = stamps_tell_]() -> SideThread::Then {
        if (trusted && unchanged(known)) return [this] { end_look(last_); };
        const std::int64_t begun = now_ns();
        std::vector<std::string> files;
        auto reading = read(files);
        const std::vector<FileStamp> stamps = stamps_of(files);
        // A failure may come of a shortage that no stamp tells.
        const bool tell = reading.has_value() && tell_changes(stamps, begun);
        return [this, reading = std::move(reading), stamps, tell] {
          stamps_ = stamps;
          stamps_tell_ = tell;
          take(reading);
        };
      },
      [this](const std::string& why) { end_look(with_problem(why)); });
}

void ConfigReader::take(Result<FileReading> read) {
  last_ = read ? std::make_shared<const FileLook>(
                     FileLook{last_->name, std::move(read->config), "", false, read->sets_nothing})
               : with_problem(summary_of(read.error()), read.error().code != ErrorCode::kResourceExhausted);
  end_look(last_);
}

void ConfigReader::end_look(const std::shared_ptr<const FileLook>& look) {
  patience_.stop();
  looking_ = false;
  late_.reset();
  tell(look);
}

void ConfigReader::tell(const std::shared_ptr<const FileLook>& look) {
  for (const auto& done : std::exchange(waiting_, {})) done(look);
}

std::shared_ptr<const FileLook> ConfigReader::with_problem(const std::string& problem,
                                                           bool stops_start) const {
  return std::make_shared<const FileLook>(
      FileLook{last_->name, last_->config, problem, stops_start, last_->sets_nothing});
}

void ConfigReader::read(ReadDone done) {
  thread_.run(
      [read = read_, done]() -> SideThread::Then {
        std::vector<std::string> files;
        return [done, reading = read(files)] { done(reading); };
      },
      [done](const std::string& why) { done(no_thread(why)); });
}

void ConfigReader::read_text(std::string text, std::string name, ReadDone done) {
  texts_.run([read = read_text_, text = std::move(text), name = std::move(name),
              done]() -> SideThread::Then { return [done, reading = read(text, name)] { done(reading); }; },
             [done](const std::string& why) { done(no_thread(why)); });
}

}  // namespace demo
