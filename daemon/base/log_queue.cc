#include "base/log_queue.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include "base/unique_fd.h"

namespace demo {
namespace {

using Clock = std::chrono::steady_clock;

// How soon a log that refused a line (full disk, closed pipe) is tried again.
constexpr std::chrono::milliseconds kRetryPause{200};
constexpr std::chrono::seconds kStall{1};

mode_t type_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_mode & S_IFMT : 0;
}

// Writes from `done` on and moves it, by calls like write(2) that take what is left. False for a log that
// refuses.
template <typename Write>
bool write_rest(std::string_view line, std::size_t& done, Write write_some) {
  while (done < line.size()) {
    const ssize_t written = write_some(line.substr(done));
    if (written >= 0) {
      done += static_cast<std::size_t>(written);
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

// The same; may block in another than a file.
bool write_rest(int fd, std::string_view line, std::size_t& done) {
  return write_rest(line, done,
                    [fd](std::string_view rest) { return ::write(fd, rest.data(), rest.size()); });
}

}  // namespace

// What a descriptor leads to, written to by whoever logs for as long as that takes every line at once.
class LogQueue::Sink {
 public:
  Sink(int fd, UniqueFd own) : fd_(fd), type_(type_of(fd)), own_(std::move(own)) {}

  // Writes from `done` on and moves it. False for a log that does not take all of it without waiting; a
  // regular file has no reader that could stop.
  bool take(std::string_view line, std::size_t& done) const {
    return write_rest(line, done, [this](std::string_view rest) { return write_some(rest); });
  }

 private:
  ssize_t write_some(std::string_view bytes) const {
    if (type_ == S_IFREG) return ::write(fd_, bytes.data(), bytes.size());
    if (type_ == S_IFSOCK) return ::send(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    errno = EAGAIN;
    return own_ ? ::write(own_.get(), bytes.data(), bytes.size()) : -1;
  }

  int fd_;  // borrowed
  mode_t type_;
  UniqueFd own_;
};

struct LogQueue::State {
  // A line, or where lines are missing.
  struct Entry {
    std::string line;
    std::uint64_t lost = 0;
  };

  State(int descriptor, LossNote loss_note)
      : fd(descriptor), note(loss_note), sink(descriptor, open_own(descriptor)) {}

  void lose(std::uint64_t lines) {
    lost += lines;
    if (entries.empty() || entries.back().lost == 0) entries.push_back({});
    entries.back().lost += lines;
  }

  const int fd;
  const LossNote note;
  mutable std::mutex mutex;
  std::condition_variable wake;     // for the writer
  std::condition_variable written;  // for flush()
  std::deque<Entry> entries;        // the first one is being written
  std::size_t bytes = 0;            // of the lines in it
  Sink sink;
  bool has_writer = false;  // a thread writes what the log did not take at once
  std::uint64_t epoch = 0;  // a writer of an earlier one ends
  std::uint64_t lost = 0;
  Clock::time_point progress;  // the last time that a line was written, or the first one came
};

UniqueFd LogQueue::open_own(int fd) {
  const mode_t type = type_of(fd);
  if (type == S_IFREG || type == S_IFSOCK) return {};
  return UniqueFd(
      ::open(fmt::format("/proc/self/fd/{}", fd).c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
}

LogQueue::LogQueue(int fd, LossNote note) : state_(std::make_shared<State>(fd, note)) {}

LogQueue::~LogQueue() {
  const std::lock_guard lock(state_->mutex);
  ++state_->epoch;
  state_->wake.notify_all();
}

bool LogQueue::start_writer(std::uint64_t epoch) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  // A fault is handled on the thread that it is of.
  for (const int fault : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) ::sigdelset(&all, fault);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  bool started = true;
  try {
    std::thread(&LogQueue::run, state_, epoch).detach();
  } catch (const std::system_error&) {
    started = false;
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return started;
}

void LogQueue::push(std::string line) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  std::size_t done = 0;
  if (state.entries.empty() && state.sink.take(line, done)) return;
  if (!state.has_writer) state.has_writer = start_writer(state.epoch);
  if (!state.has_writer) {
    if (!write_rest(state.fd, line, done)) ++state.lost;
    return;
  }
  // What the file took of a line that it refused then is not written again.
  line.erase(0, done);
  if (state.entries.empty()) state.progress = Clock::now();
  if (state.bytes + line.size() > kBytes) {
    state.lose(1);
  } else {
    state.bytes += line.size();
    state.entries.push_back({std::move(line), 0});
  }
  state.wake.notify_one();
}

void LogQueue::on_sink_changed(UniqueFd own) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  state.sink = Sink(state.fd, std::move(own));
  state.progress = Clock::now();
  // Without another thread the one that there is goes on in the new file, once the old one lets it go.
  if (!state.has_writer || !start_writer(state.epoch + 1)) return;
  ++state.epoch;
  state.wake.notify_all();
}

// Each entry stays in front until it is written: whoever takes over from a writer that stands still begins
// with it.
void LogQueue::run(const std::shared_ptr<State>& state, std::uint64_t epoch) {
  std::unique_lock lock(state->mutex);
  for (;;) {
    state->wake.wait(lock, [&] { return state->epoch != epoch || !state->entries.empty(); });
    if (state->epoch != epoch) return;
    const std::uint64_t lost = state->entries.front().lost;
    const std::string text = lost > 0 ? state->note(lost) : state->entries.front().line;
    std::size_t done = 0;
    bool complete = false;
    while (!complete) {
      lock.unlock();
      complete = write_rest(state->fd, text, done);
      const bool busy = !complete && errno == EAGAIN;  // somebody made the file non-blocking
      const bool refused = !complete && !busy;
      pollfd writable{state->fd, POLLOUT, 0};
      if (busy) ::poll(&writable, 1, static_cast<int>(kRetryPause.count()));
      lock.lock();
      if (refused) state->wake.wait_for(lock, kRetryPause, [&] { return state->epoch != epoch; });
      if (state->epoch != epoch) return;
    }
    state->progress = Clock::now();
    State::Entry& front = state->entries.front();
    // Lines may have been lost while their note was written: the others get one of their own.
    front.lost -= lost;
    if (lost > 0 && front.lost > 0) continue;
    state->bytes -= front.line.size();
    state->entries.pop_front();
    if (state->entries.empty()) state->written.notify_all();
  }
}

bool LogQueue::flush(std::chrono::milliseconds time) {
  std::unique_lock lock(state_->mutex);
  return state_->written.wait_for(lock, time, [&] { return state_->entries.empty(); });
}

std::uint64_t LogQueue::lost() const {
  const std::lock_guard lock(state_->mutex);
  return state_->lost;
}

bool LogQueue::stalled() const {
  const std::lock_guard lock(state_->mutex);
  return !state_->entries.empty() && Clock::now() - state_->progress > kStall;
}

}  // namespace demo
