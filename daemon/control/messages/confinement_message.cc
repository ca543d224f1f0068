#include "control/messages/confinement_message.h"

#include <algorithm>
#include <string>

#include "base/printable.h"

namespace demo {
namespace {

void weaken(Confinement& common, const Confinement& other) {
  common.no_capabilities &= other.no_capabilities;
  common.no_new_privileges &= other.no_new_privileges;
  common.no_dumps &= other.no_dumps;
  common.system_calls_filtered &= other.system_calls_filtered;
  common.landlock_abi = std::min(common.landlock_abi, other.landlock_abi);
  common.uid = std::min(common.uid, other.uid);
  for (const std::string& problem : other.problems) {
    if (std::ranges::find(common.problems, problem) == common.problems.end())
      common.problems.push_back(problem);
  }
}

}  // namespace

void write_confinement(const Confinement& confinement, control::v1::WorkerConfinement& message) {
  message.set_no_capabilities(confinement.no_capabilities);
  message.set_no_new_privileges(confinement.no_new_privileges);
  message.set_no_dumps(confinement.no_dumps);
  message.set_system_calls_filtered(confinement.system_calls_filtered);
  message.set_landlock_abi(confinement.landlock_abi);
  message.set_uid(confinement.uid);
  for (const std::string& problem : confinement.problems) message.add_problems(printable(problem));
}

std::optional<Confinement> common_confinement(const std::vector<WorkerReport>& workers) {
  std::optional<Confinement> common;
  for (const WorkerReport& worker : workers) {
    if (!worker.confinement) continue;
    if (!common) common = worker.confinement;
    weaken(*common, *worker.confinement);
  }
  return common;
}

}  // namespace demo
