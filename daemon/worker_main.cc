// The data plane: one process a core, started by the supervisor alone. Options are its private contract with
// supervisor/workers/worker_process.
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/background_log.h"
#include "base/confinement.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/other_build.h"
#include "base/whole_number.h"
#include "channel/protobuf_log.h"
#include "channel/worker_exit.h"
#include "quota/quota_area.h"
#include "worker/confinement/files.h"
#include "worker/confinement/privileges.h"
#include "worker/confinement/system_calls.h"
#include "worker/worker.h"

namespace {

struct Options {
  unsigned index = 0;
  unsigned core = 0;
  unsigned page = 0;  // of the statistics area, and seat of the quota area
  int channel_fd = -1;
  int stats_fd = -1;
  int quota_fd = -1;  // the bells follow it
  unsigned bells = 0;
  int program_fd = -1;  // what this process was executed from
  bool journal = false;
  std::optional<uid_t> uid;  // to become; then there is a gid
  gid_t gid = 0;
};

template <typename T>
bool read_number(std::string_view text, T& number) {
  const auto whole = demo::whole_number<T>(text);
  number = whole.value_or(number);
  return whole.has_value();
}

std::optional<Options> parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--journal") {
      options.journal = true;
      continue;
    }
    if (++i == argc) return std::nullopt;
    const bool good = name == "--index"        ? read_number(argv[i], options.index)
                      : name == "--core"       ? read_number(argv[i], options.core)
                      : name == "--page"       ? read_number(argv[i], options.page)
                      : name == "--channel-fd" ? read_number(argv[i], options.channel_fd)
                      : name == "--stats-fd"   ? read_number(argv[i], options.stats_fd)
                      : name == "--quota-fd"   ? read_number(argv[i], options.quota_fd)
                      : name == "--bells"      ? read_number(argv[i], options.bells)
                      : name == "--uid"        ? read_number(argv[i], options.uid.emplace())
                      : name == "--gid"        ? read_number(argv[i], options.gid)
                      : name == "--program-fd" ? read_number(argv[i], options.program_fd)
                                               : false;
    if (!good) return std::nullopt;
  }
  if (options.channel_fd < 0 || options.stats_fd < 0 || options.quota_fd < 0) return std::nullopt;
  if (options.page >= demo::StatsArea::kPages) return std::nullopt;
  return options;
}

// What the handlers below go by: the statistics tell when the loop turned last.
int watched_channel = -1;
const demo::Counter* watched_heartbeat = nullptr;
constexpr std::uint64_t kNever = UINT64_MAX;
volatile std::uint64_t beat_at_the_end = kNever;  // the channel had ended when it was so

// From the death of its supervisor on the worker looks at its channel now and then. While the service manager
// keeps the other end for the next supervisor, it serves. Once that is gone the worker drains, however long
// it was granted; one whose loop has not turned from one look to the next is stuck: it ends.
void look_at_channel(int signal) {
  const int error = errno;
  pollfd channel{watched_channel, POLLRDHUP, 0};
  const bool ended = ::poll(&channel, 1, 0) > 0;
  const std::uint64_t beat = watched_heartbeat == nullptr ? 0 : watched_heartbeat->get();
  // The death is told more than once: a worker goes to each thread of its supervisor in turn, prctl(2).
  if (ended && signal == SIGALRM && beat_at_the_end == beat) {
    std::signal(SIGALRM, SIG_DFL);
    std::raise(SIGALRM);
  }
  beat_at_the_end = ended ? beat : kNever;
  ::alarm(static_cast<unsigned>(demo::limits::kDrainTimeout.count()) + 5);
  errno = error;
}

// One that was executed by its descriptor is called by its number.
void leave_program(int program_fd) {
  if (program_fd < 0) return;
  ::close(program_fd);
  ::prctl(PR_SET_NAME, "demo-server-worker");
}

// Until here the supervisor has blocked what is ignored from now on.
void prepare_signals(int channel_fd) {
  // Ctrl-C, a terminal's hang-up, systemctl kill and pkill reach the whole group. All of it is meant for the
  // supervisor, which decides when a worker leaves.
  for (const int ignored : {SIGTERM, SIGINT, SIGQUIT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE})
    std::signal(ignored, SIG_IGN);
  // A log that may not grow (setrlimit(2), RLIMIT_FSIZE) is an error of write(2), and no end.
  std::signal(SIGXFSZ, SIG_IGN);
  // One for which it does not matter who else sends it.
  const int parent_death = SIGRTMIN;
  watched_channel = channel_fd;
  std::signal(parent_death, look_at_channel);
  std::signal(SIGALRM, look_at_channel);
  ::prctl(PR_SET_PDEATHSIG, parent_death);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void pin(unsigned core) {
  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(core, &cores);
  if (::sched_setaffinity(0, sizeof cores, &cores) != 0) {
    demo::log(demo::LogLevel::kWarning, "cannot be pinned to core {}: {}", core, demo::errno_text(errno));
  }
}

void raise_descriptor_limit() {
  rlimit descriptors{};
  ::getrlimit(RLIMIT_NOFILE, &descriptors);
  descriptors.rlim_cur = descriptors.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &descriptors);
}

demo::Result<demo::QuotaArea> open_quota(const Options& options) {
  std::vector<demo::UniqueFd> bells;
  for (unsigned i = 1; i <= options.bells; ++i) bells.emplace_back(options.quota_fd + static_cast<int>(i));
  return demo::QuotaArea::open(demo::UniqueFd(options.quota_fd), std::move(bells));
}

demo::Result<std::unique_ptr<demo::Worker>> open_worker(const Options& options) {
  auto quota = open_quota(options);
  if (!quota) return quota.error();
  return demo::Worker::open(options.page, demo::UniqueFd(options.channel_fd),
                            demo::UniqueFd(options.stats_fd), std::move(*quota));
}

demo::WorkerExit serve(const Options& options, demo::Confinement confinement) {
  auto worker = open_worker(options);
  if (worker) {
    // Last of all: what comes next is what others send.
    demo::forbid_files(confinement);
    demo::filter_system_calls(confinement);
    (*worker)->set_confinement(std::move(confinement));
    watched_heartbeat = &(*worker)->heartbeat();
    const demo::WorkerExit exit = (*worker)->run();
    watched_heartbeat = nullptr;
    return exit;
  }
  demo::log(demo::LogLevel::kError, "{}", worker.error().message);
  return demo::is_other_build(worker.error()) ? demo::WorkerExit::kOtherBuild : demo::WorkerExit::kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const std::optional<Options> options = parse(argc, argv);
  if (!options) {
    std::fputs("demo-server-worker is started by demo-server, not by hand: see demo-server(8)\n", stderr);
    return static_cast<int>(demo::WorkerExit::kUsage);
  }
  leave_program(options->program_fd);
  if (options->journal) demo::set_log_sink(demo::journal_stream_sink);
  demo::set_log_name(fmt::format("worker {}: ", options->index));
  demo::log_in_background();
  demo::log_protobuf_messages();
  demo::Confinement confinement;
  demo::drop_privileges(confinement, options->uid, options->gid);
  prepare_signals(options->channel_fd);
  pin(options->core);
  raise_descriptor_limit();
  const demo::WorkerExit status = serve(*options, std::move(confinement));
  demo::flush_log();
  return static_cast<int>(status);
}
