#include "completion/live_names.h"

#include <chrono>

#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "session/api.h"

namespace demo::ctl {
namespace {

// Somebody waits with a finger on the key.
constexpr std::chrono::milliseconds kPatience{500};

std::vector<std::string> names_of(Session& session, const std::string& kind) {
  std::vector<std::string> names;
  if (kind == "LISTENER") {
    api::ListListenersResponse response;
    session.call(api::ListListenersRequest(), response, kPatience);
    for (const auto& status : response.listeners()) names.push_back(status.listener().address());
  } else if (kind == "BACKEND") {
    api::ListBackendsResponse response;
    session.call(api::ListBackendsRequest(), response, kPatience);
    for (const auto& status : response.backends()) names.push_back(status.backend().endpoint());
  } else if (kind == "POOL") {
    api::ListPoolsResponse response;
    session.call(api::ListPoolsRequest(), response, kPatience);
    for (const auto& pool : response.pools()) names.push_back(pool.name());
  } else {
    api::ListWorkersResponse response;
    session.call(api::ListWorkersRequest(), response, kPatience);
    for (const auto& worker : response.workers()) names.push_back(std::to_string(worker.worker()));
  }
  // A name of several lines would be several words, one that steers the terminal nothing to offer.
  std::erase_if(names, [](const std::string& name) { return printable(name) != name; });
  return names;
}

}  // namespace

LiveNames live_names(Session& session) {
  return [&session](const std::string& kind) -> std::vector<std::string> {
    try {
      return names_of(session, kind);
    } catch (const Failure&) {
      return {};
    }
  };
}

}  // namespace demo::ctl
