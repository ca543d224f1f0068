#include "supervisor/workers/worker_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <csignal>
#include <fstream>
#include <string_view>
#include <utility>
#include <vector>

#include "base/pidfd.h"
#include "channel/worker_exit.h"
#include "supervisor/loop/spawn_plan.h"
#include "supervisor/workers/ambient_pause.h"
#include "supervisor/workers/worker_shortage.h"

namespace demo {
namespace {

// What worker_main expects.
constexpr int kChannelFd = 3;
constexpr int kStatsFd = 4;
constexpr int kQuotaFd = 5;
// Followed by the bells. Descriptors to be moved there must not be in each other's way.
constexpr int kFirstBellFd = 6;
// The bells, and the program.
constexpr int kFirstFreeFd = kFirstBellFd + QuotaArea::kBellsMax + 1;

Error exhausted(std::string_view call, int error_number) {
  return {ErrorCode::kResourceExhausted, fmt::format("worker: {}: {}", call, errno_text(error_number)), "",
          ""};
}

// A limit below the numbers that are asked for is a lack of descriptors too, fcntl(2) "EINVAL".
Error no_duplicate(int error_number) {
  return exhausted("dup", error_number == EINVAL ? EMFILE : error_number);
}

// Whether the pidfd is of this process, or of one that is gone: proc(5), "fdinfo". True where that cannot be
// told.
bool is_of(int pidfd, pid_t pid) {
  std::ifstream facts(fmt::format("/proc/self/fdinfo/{}", pidfd));
  for (std::string name; facts >> name;) {
    pid_t known = 0;
    if (name == "Pid:" && facts >> known) return known == pid || known <= 0;
  }
  return true;
}

// Of this process, whose program was upgraded since it started it.
bool is_child(int pidfd) {
  siginfo_t info{};
  return ::waitid(P_PIDFD, static_cast<id_t>(pidfd), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

bool is_closed_by_peer(int socket) {
  pollfd end{socket, POLLRDHUP, 0};
  return ::poll(&end, 1, 0) < 0 || (end.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

// program_fd: of the child; -1: there is none. Returns errno, 0 on success.
int start(SpawnPlan& plan, const WorkerProcessSpec& spec, std::size_t bells, int program_fd, pid_t& pid) {
  const AmbientPause pause;
  std::vector<std::string> arguments = {spec.binary,
                                        "--index",
                                        std::to_string(spec.index),
                                        "--core",
                                        std::to_string(spec.core),
                                        "--page",
                                        std::to_string(spec.page),
                                        "--channel-fd",
                                        std::to_string(kChannelFd),
                                        "--stats-fd",
                                        std::to_string(kStatsFd),
                                        "--quota-fd",
                                        std::to_string(kQuotaFd),
                                        "--bells",
                                        std::to_string(bells)};
  if (spec.journal) arguments.emplace_back("--journal");
  if (spec.user)
    arguments.insert(arguments.end(),
                     {"--uid", std::to_string(spec.user->uid), "--gid", std::to_string(spec.user->gid)});
  if (program_fd >= 0) {
    arguments.emplace_back("--program-fd");
    arguments.emplace_back(std::to_string(program_fd));
    const int error = plan.spawn(pid, fmt::format("/proc/self/fd/{}", program_fd), arguments);
    if (error == 0 || is_no_room_to_spawn(error)) return error;
  }
  return plan.spawn(pid, spec.binary, arguments);
}

UniqueFd duplicate_high(int fd) { return UniqueFd(::fcntl(fd, F_DUPFD_CLOEXEC, kFirstFreeFd)); }

}  // namespace

std::string ProcessExit::describe() const {
  if (!known) return "how is not known, the supervisor before had started it";
  if (!by_signal) {
    const std::string_view meaning = meaning_of(static_cast<WorkerExit>(number));
    return fmt::format("exit status {}{}{}", number, meaning.empty() ? "" : ": ", meaning);
  }
  return "killed by " + signal_name(number);
}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::spawn(boost::asio::io_context& loop,
                                                            const WorkerProcessSpec& spec,
                                                            Observer& observer) {
  auto ends = Channel::open_pair();
  if (!ends) return ends.error();
  const UniqueFd channel = duplicate_high(ends->second.get());
  const UniqueFd stats = duplicate_high(spec.stats_fd);
  const UniqueFd quota = duplicate_high(spec.quota.fd());
  if (!channel || !stats || !quota) return no_duplicate(errno);
  std::vector<UniqueFd> bells;
  for (const UniqueFd& bell : spec.quota.bells()) {
    bells.push_back(duplicate_high(bell.get()));
    if (!bells.back()) return no_duplicate(errno);
  }
  UniqueFd program;
  if (spec.program_fd >= 0) {
    program = duplicate_high(spec.program_fd);
    if (!program) return no_duplicate(errno);
  }
  ends->second.reset();
  SpawnPlan plan;
  // Blocked are those that whole groups of processes get: they must not end it before it can ignore them.
  plan.block_signals({SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2});
  plan.heed_signals();
  plan.move(channel.get(), kChannelFd);
  plan.move(stats.get(), kStatsFd);
  plan.move(quota.get(), kQuotaFd);
  int next_fd = kFirstBellFd;
  for (const UniqueFd& bell : bells) plan.move(bell.get(), next_fd++);
  const int program_fd = next_fd;
  if (program) plan.move(program.get(), next_fd++);
  plan.close_from(next_fd);
  pid_t pid = -1;
  if (const int error = start(plan, spec, bells.size(), program ? program_fd : -1, pid); error != 0) {
    if (is_no_room_to_spawn(error)) return exhausted("posix_spawn", error);
    return Error{ErrorCode::kUnavailable, fmt::format("cannot start {}: {}", spec.binary, errno_text(error)),
                 "", ""};
  }
  UniqueFd pidfd(::pidfd_open(pid, 0));
  if (!pidfd) {
    const int error = errno;
    end_child(pid);
    return exhausted("pidfd_open", error);
  }
  std::unique_ptr<WorkerProcess> process;
  try {
    process.reset(new WorkerProcess(loop, {pid, ++last_channel_, std::move(pidfd), std::move(ends->first)},
                                    observer, false));
  } catch (const boost::system::system_error& error) {
    // The loop has no room for its watches.
    end_child(pid);
    return exhausted("epoll_ctl", error.code().value());
  }
  // A core that went offline meanwhile is no reason to serve nothing.
  (void)process->move_to_core(spec.core);
  return process;
}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::adopt(boost::asio::io_context& loop, Heirloom heirloom,
                                                            Observer& observer) {
  UniqueFd& pidfd = heirloom.pidfd;
  UniqueFd& channel = heirloom.channel;
  if (pidfd && !is_of(pidfd.get(), heirloom.pid)) pidfd.reset();
  if (!pidfd) {
    const Error gone{ErrorCode::kNotFound, fmt::format("process {} is gone", heirloom.pid), "", ""};
    pidfd.reset(::pidfd_open(heirloom.pid, 0));
    if (!pidfd) return errno == ESRCH || errno == EINVAL ? gone : exhausted("pidfd_open", errno);
    // As long as its end of the channel is open the number is not another process's, nor as long as the
    // process is a child.
    if (!is_child(pidfd.get()) && (!channel || is_closed_by_peer(channel.get()))) return gone;
  }
  if (!channel) {
    // It closed its end, and is about to leave.
    auto ends = Channel::open_pair();
    if (!ends) return ends.error();
    channel = std::move(ends->first);
  }
  try {
    return std::unique_ptr<WorkerProcess>(new WorkerProcess(loop, std::move(heirloom), observer, true));
  } catch (const boost::system::system_error& error) {
    return exhausted("epoll_ctl", error.code().value());
  }
}

void WorkerProcess::number_channels_from(std::uint64_t last) {
  last_channel_ = std::max(last_channel_, last);
}

void WorkerProcess::end_channel() { ::shutdown(channel_.fd(), SHUT_WR); }

WorkerProcess::WorkerProcess(boost::asio::io_context& loop, Heirloom process, Observer& observer,
                             bool adopted)
    : pid_(process.pid),
      adopted_(adopted),
      channel_number_(process.channel_number),
      observer_(observer),
      pidfd_(std::move(process.pidfd)),
      channel_(std::move(process.channel)),
      channel_watch_(loop, channel_.fd(), [this] { on_channel_ready(); }),
      exit_watch_(loop, pidfd_.get(), [this] { on_process_ended(); }),
      retry_timer_(loop, [this] { on_channel_ready(); }) {
  channel_watch_.watch_reading();
  exit_watch_.watch_reading();
}

WorkerProcess::~WorkerProcess() {
  if (reaped_) return;
  kill(SIGKILL);
  siginfo_t info{};
  // One that is no child of this process is reaped elsewhere.
  while (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) < 0 && errno == EINTR) {
  }
}

Status WorkerProcess::send(Message message) {
  auto sent = channel_.send(std::move(message));
  if (sent) wait_to_send();
  return sent;
}

void WorkerProcess::wait_to_send() {
  if (channel_.is_short()) {
    if (!retry_timer_.running()) retry_timer_.start(kShortageRetry);
  } else if (channel_.has_unsent()) {
    channel_watch_.wait_writable();
  }
}

void WorkerProcess::kill(int signal) {
  if (!reaped_) ::pidfd_send_signal(pidfd_.get(), signal, nullptr, 0);
}

Status WorkerProcess::move_to_core(unsigned core) {
  cpu_set_t* const set = CPU_ALLOC(core + 1);
  const std::size_t size = CPU_ALLOC_SIZE(core + 1);
  CPU_ZERO_S(size, set);
  CPU_SET_S(core, size, set);
  const int result = ::sched_setaffinity(pid_, size, set);
  const int error = errno;
  CPU_FREE(set);
  if (result == 0) return {};
  return Error{ErrorCode::kUnavailable, fmt::format("cannot move to core {}: {}", core, errno_text(error)),
               "", ""};
}

void WorkerProcess::on_channel_ready() {
  if (auto flushed = channel_.flush(); !flushed) give_up_channel(flushed.error());
  read_messages();
  if (!garbage_) wait_to_send();
}

// What it may still have to read is read by nobody: it must not wake the loop for ever.
void WorkerProcess::give_up_channel(const Error& error) {
  if (std::exchange(garbage_, true)) return;
  channel_watch_.stop_reading();
  observer_.on_garbage(error);
}

// Until it has closed its end: a full socket would keep it from its last words.
void WorkerProcess::pass_over_messages() {
  char bytes[256];
  ssize_t got = 0;
  while ((got = ::recv(channel_.fd(), bytes, sizeof bytes, MSG_DONTWAIT)) > 0) {
  }
  if (got == 0 || (errno != EAGAIN && errno != EINTR)) channel_watch_.stop_reading();
}

void WorkerProcess::read_messages() {
  if (adopted_) return pass_over_messages();
  while (!garbage_) {
    auto message = channel_.receive();
    if (!message) return give_up_channel(message.error());
    if (!*message) {
      if (channel_.closed()) channel_watch_.stop_reading();
      return;
    }
    observer_.on_message(std::move(**message));
  }
}

ProcessExit WorkerProcess::reap() {
  siginfo_t info{};
  if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &info, WEXITED) != 0) {
    // Unless this process was upgraded since it started it, the one that reaps it is another.
    if (adopted_) return {false, 0, false};
    // Somebody else reaped our child: all that is known is that it is gone.
    info.si_code = CLD_EXITED;
    info.si_status = 255;
  }
  return {info.si_code != CLD_EXITED, info.si_status};
}

void WorkerProcess::on_process_ended() {
  read_messages();
  const ProcessExit exit = reap();
  reaped_ = true;
  retry_timer_.stop();
  exit_watch_.stop_reading();
  channel_watch_.stop_reading();
  observer_.on_exit(exit);
}

}  // namespace demo
