#include <fmt/format.h>

#include <chrono>
#include <ostream>
#include <thread>

#include "cmd/commands.h"
#include "demo/control/v1/monitor.pb.h"
#include "demo/control/v1/settings.pb.h"
#include "format/text_width.h"
#include "invocation/invocation.h"
#include "rpc_call/api_channel.h"

namespace demo::ctl {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// The rehearsal may take ten seconds. Then a change may be under way for as long, the new version's workers
// may be waited for as long, and the version before may come back.
constexpr std::chrono::seconds kRehearsalPatience{20};
constexpr std::chrono::seconds kStartPatience{45};
// Between two versions nobody answers for a moment.
constexpr std::chrono::seconds kSilencePatience{10};
constexpr milliseconds kLookPeriod{50};

class Upgrade : public Command {
 public:
  Upgrade()
      : Command(
            {.name = "upgrade",
             .chapter = Chapter::kWorkers,
             .summary = "let the installed version of the daemon take the place of the one that runs",
             .details =
                 "The program that lies where the daemon was started from first rehearses beside it: it "
                 "reads configuration and state, starts a worker and its API. Where that fails nothing has "
                 "changed, and the answer says why. Then it is executed in the daemon's place, under the "
                 "same process id: workers serve on until new ones are ready, counters and events go on, and "
                 "what was changed at run time stays. A version that does not get to serve gives way to the "
                 "one before. The command returns when the new version serves. SIGUSR2 does the same.",
             .examples = {{"upgrade", "after a new version was installed"}},
             .prints = Prints::kAnswer}) {}

  ExitCode run(Invocation& invocation) override {
    api::GetStatusResponse before;
    invocation.call(api::GetStatusRequest(), before);
    api::UpgradeResponse started;
    const bool answered = begin(invocation, started);
    const api::GetStatusResponse status =
        wait_for_end(invocation, before, answered ? started.number() : before.upgrade().number() + 1);
    if (!status.upgrade().failure().empty()) {
      throw Failure(ExitCode::kFailed, fmt::format("version {} goes on: {}", status.version(),
                                                   printable(status.upgrade().failure())));
    }
    for (const std::string& warning : started.warnings()) {
      invocation.console().err << "! " << printable(warning) << '\n';
    }
    if (invocation.prints_json()) {
      invocation.print_json(status);
    } else {
      invocation.console().out << fmt::format(
          "version {} in the place of {}, process {}: {} of {} workers ready\n", printable(status.version()),
          printable(before.version()), status.pid(), status.workers_ready(), status.workers());
    }
    return status.workers_ready() < status.workers() ? ExitCode::kPartial : ExitCode::kDone;
  }

 private:
  // Whether it was answered: the connection may end before that, and how the upgrade ended tells, then.
  static bool begin(Invocation& invocation, api::UpgradeResponse& started) {
    const api::UpgradeRequest request;
    ApiChannel& channel = invocation.channel_for(request);
    const auto patience = invocation.settings().timeout.value_or(kRehearsalPatience);
    const CallStatus answer = channel.call(request, started, patience);
    const bool refused = !answer.ok() && (!is_gone(answer) || !answer.details.empty());
    if (refused) throw failure_of(answer, channel.target(), Access::kChange);
    return answer.ok();
  }

  static api::GetStatusResponse wait_for_end(Invocation& invocation, const api::GetStatusResponse& before,
                                             std::uint64_t number) {
    const api::GetStatusRequest request;
    ApiChannel& channel = invocation.channel_for(request);
    const auto end = steady_clock::now() + invocation.settings().timeout.value_or(kStartPatience);
    auto answered = steady_clock::now();
    for (;;) {
      api::GetStatusResponse status;
      const CallStatus answer = channel.call(request, status, milliseconds(1000));
      if (answer.ok()) answered = steady_clock::now();
      if (answer.ok() && status.upgrade().number() >= number) return status;
      // What takes the place of a crashed one may say that it was started when that was.
      const bool anew =
          status.pid() != before.pid() || status.started().seconds() != before.started().seconds();
      if (answer.ok() && anew) {
        throw Failure(ExitCode::kFailed, fmt::format("the daemon was started anew meanwhile: version {} runs",
                                                     printable(status.version())));
      }
      const auto now = steady_clock::now();
      if (!answer.ok() && (now >= end || now - answered > kSilencePatience)) {
        throw failure_of(answer, channel.target());
      }
      if (now >= end) {
        throw Failure(ExitCode::kFailed, "the upgrade has not come to an end in time: democtl status tells");
      }
      std::this_thread::sleep_for(kLookPeriod);
    }
  }
};

}  // namespace

std::unique_ptr<Command> upgrade() { return std::make_unique<Upgrade>(); }

}  // namespace demo::ctl
