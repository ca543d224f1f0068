#include "supervisor/upgrade/rehearsal.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/pidfd.h"
#include "base/printable.h"
#include "supervisor/loop/spawn_plan.h"
#include "supervisor/upgrade/exec_plan.h"

namespace demo {
namespace {

using Pipe = std::array<UniqueFd, 2>;

// Of each of the two texts no more is kept than its end.
constexpr std::size_t kTextBytes = 16 * 1024;
// What one turn of the loop reads of it.
constexpr std::size_t kReadBytes = 4096;

// What a manager tells its own process, and nobody else: sd_notify(3), systemd.exec(5).
constexpr std::string_view kOfTheManager[] = {
    "NOTIFY_SOCKET=", "WATCHDOG_PID=", "WATCHDOG_USEC=", "FDSTORE=", "JOURNAL_STREAM="};

Error not_started(const Program& program, int error) {
  return {is_no_room_to_spawn(error) ? ErrorCode::kResourceExhausted : ErrorCode::kFailedPrecondition,
          fmt::format("{} cannot be started: {}", program.path, errno_text(error)), "", ""};
}

bool open_pipe(Pipe& ends) {
  int fds[2];
  if (::pipe2(fds, O_CLOEXEC) != 0) return false;
  ends[0].reset(fds[0]);
  ends[1].reset(fds[1]);
  return ::fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0;
}

std::vector<std::string> environment_of_rehearsal(int list) {
  std::vector<std::string> environment = environment_with(list);
  std::erase_if(environment, [](const std::string& entry) {
    return std::any_of(std::begin(kOfTheManager), std::end(kOfTheManager),
                       [&](std::string_view name) { return entry.starts_with(name); });
  });
  return environment;
}

// errno; 0 on success.
int spawn(const Program& program, NamedDescriptors passed, int list, int words, int errors, pid_t& pid) {
  const std::vector<std::string> environment = environment_of_rehearsal(list);
  passed.emplace_back("list", list);
  std::vector<std::string> arguments = program.arguments;
  arguments.emplace_back(kRehearseFlag);
  SpawnPlan plan;
  plan.open_to_read(STDIN_FILENO, "/dev/null");
  plan.move(words, STDOUT_FILENO);
  plan.move(errors, STDERR_FILENO);
  for (const auto& [name, fd] : passed) plan.move(fd, fd);
  plan.block_signals({});
  // Who signals that of the daemon means no rehearsal.
  plan.lead_group();
  return plan.spawn(pid, fmt::format("/proc/self/fd/{}", program.file.get()), arguments, &environment);
}

// Without what a log line begins with.
std::string last_line(std::string_view text) {
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  if (const std::size_t end = text.rfind('\n'); end != std::string_view::npos) text.remove_prefix(end + 1);
  constexpr std::string_view kProgramName = "demo-server: ";
  if (text.starts_with(kProgramName)) text.remove_prefix(kProgramName.size());
  return printable(text);
}

std::string how_it_ended(bool by_signal, int number) {
  if (!by_signal) return fmt::format("ended with status {}", number);
  return "was killed by " + signal_name(number);
}

}  // namespace

Result<std::unique_ptr<Rehearsal>> Rehearsal::start(boost::asio::io_context& loop, const Program& program,
                                                    const NamedDescriptors& passed, Done done) {
  Pipe words;
  Pipe errors;
  if (!open_pipe(words) || !open_pipe(errors)) return not_started(program, errno);
  const auto list = list_passed(passed);
  if (!list) return list.error();
  Process process;
  if (const int error = spawn(program, passed, list->get(), words[1].get(), errors[1].get(), process.pid);
      error != 0) {
    return not_started(program, error);
  }
  process.pidfd.reset(::pidfd_open(process.pid, 0));
  process.words = std::move(words[0]);
  process.errors = std::move(errors[0]);
  int error = errno;
  if (process.pidfd) {
    const pid_t pid = process.pid;
    try {
      return std::unique_ptr<Rehearsal>(new Rehearsal(loop, std::move(process), std::move(done)));
    } catch (const boost::system::system_error& no_room) {
      error = no_room.code().value();
      process.pid = pid;
    }
  }
  end_child(process.pid);
  return not_started(program, error);
}

Rehearsal::Rehearsal(boost::asio::io_context& loop, Process process, Done done)
    : process_(std::move(process)),
      done_(std::move(done)),
      exit_watch_(loop, process_.pidfd.get(), [this] { on_ended(); }),
      words_watch_(loop, process_.words.get(),
                   [this] {
                     if (!read(process_.words.get(), words_)) words_watch_.stop_reading();
                   }),
      errors_watch_(loop, process_.errors.get(),
                    [this] {
                      if (!read(process_.errors.get(), errors_)) errors_watch_.stop_reading();
                    }),
      timer_(loop, [this] {
        late_ = true;
        end();
      }) {
  exit_watch_.watch_reading();
  words_watch_.watch_reading();
  errors_watch_.watch_reading();
  timer_.start(kPatience);
}

Rehearsal::~Rehearsal() {
  if (reaped_) return;
  end();
  end_child(process_.pid);
}

// And whatever it has started.
void Rehearsal::end() {
  ::kill(-process_.pid, SIGKILL);
  ::pidfd_send_signal(process_.pidfd.get(), SIGKILL, nullptr, 0);
}

// A turn at a time: a process that writes without end is ended by the timer.
bool Rehearsal::read(int fd, std::string& text) {
  char bytes[kReadBytes];
  const ssize_t got = ::read(fd, bytes, sizeof bytes);
  if (got > 0) text.append(bytes, static_cast<std::size_t>(got));
  if (text.size() > kTextBytes) text.erase(0, text.size() - kTextBytes);
  return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
}

void Rehearsal::on_ended() {
  exit_watch_.stop_reading();
  words_watch_.stop_reading();
  errors_watch_.stop_reading();
  timer_.stop();
  // What is still in the pipes: their size at most.
  for (int part = 0; part < 16; ++part) {
    read(process_.words.get(), words_);
    read(process_.errors.get(), errors_);
  }
  ::kill(-process_.pid, SIGKILL);
  siginfo_t info{};
  ::waitid(P_PIDFD, static_cast<id_t>(process_.pidfd.get()), &info, WEXITED);
  reaped_ = true;
  const auto report = judge(info.si_code != CLD_EXITED, info.si_status);
  const Done done = done_;
  done(report);
}

Result<RehearsalReport> Rehearsal::judge(bool by_signal, int number) const {
  RehearsalReport report;
  bool ready = false;
  std::string_view rest = words_;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    const std::string_view word = line.substr(0, line.find(' '));
    const std::string text = printable(line.substr(std::min(line.size(), word.size() + 1)));
    if (word == kVersionWord) report.version = text;
    if (word == kWarningWord) report.warnings.push_back(text);
    if (word == kReadyWord) ready = true;
  }
  if (ready && !by_signal && number == 0) return report;
  const auto limit = std::chrono::duration_cast<std::chrono::seconds>(kPatience).count();
  std::string why =
      late_ ? fmt::format("did not get ready within {} s", limit) : how_it_ended(by_signal, number);
  if (!by_signal && number == 0 && !late_) why = "ended without saying that it is ready";
  if (const std::string line = last_line(errors_); !line.empty() && !late_) why += ": " + line;
  return Error{ErrorCode::kFailedPrecondition,
               "the rehearsal of the new version failed, nothing has changed: it " + why, "", ""};
}

}  // namespace demo
