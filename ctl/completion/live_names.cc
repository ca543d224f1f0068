#include "completion/live_names.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "demo/control/v1/monitor.pb.h"
#include "format/text_width.h"
#include "invocation/api.h"

namespace demo::ctl {
namespace {

// Somebody waits with a finger on the key.
constexpr std::chrono::milliseconds kPatience{500};

// meant_name(), of these.
std::string meant_among(const std::vector<std::string>& names, const std::string& text) {
  if (std::find(names.begin(), names.end(), text) != names.end()) return text;
  const std::set<std::string> distinct(names.begin(), names.end());
  const auto shown_so = [&text](const std::string& name) { return printable(name) == text; };
  const auto found = std::find_if(distinct.begin(), distinct.end(), shown_so);
  const bool only = std::count_if(distinct.begin(), distinct.end(), shown_so) == 1;
  return only ? *found : text;
}

std::vector<std::string> names_of(Invocation& invocation, const std::string& kind, const std::string& pool) {
  std::vector<std::string> names;
  if (kind == "LISTENER") {
    api::ListListenersResponse response;
    invocation.call(api::ListListenersRequest(), response, kPatience);
    for (const auto& status : response.listeners()) names.push_back(status.listener().address());
  } else if (kind == "BACKEND") {
    api::ListBackendsRequest request;
    request.set_pool(pool);
    api::ListBackendsResponse response;
    invocation.call(request, response, kPatience);
    for (const auto& status : response.backends()) names.push_back(status.backend().endpoint());
  } else if (kind == "POOL") {
    api::ListPoolsResponse response;
    invocation.call(api::ListPoolsRequest(), response, kPatience);
    for (const auto& found : response.pools()) names.push_back(found.name());
  } else {
    api::ListWorkersResponse response;
    invocation.call(api::ListWorkersRequest(), response, kPatience);
    for (const auto& worker : response.workers()) names.push_back(std::to_string(worker.worker()));
  }
  return names;
}

std::vector<std::string> names_or_none(Invocation& invocation, const std::string& kind,
                                       const std::string& pool = "") {
  try {
    return names_of(invocation, kind, pool);
  } catch (const Failure&) {
    return {};
  }
}

}  // namespace

LiveNames live_names(Invocation& invocation) {
  return [&invocation](const std::string& kind, const std::string& pool) {
    // Verbs about one backend mean that pool where they name none.
    const bool of_default = kind == "BACKEND" && pool.empty();
    std::vector<std::string> names = names_or_none(invocation, kind, of_default ? "default" : pool);
    // One that is shown as another one is would mean that one.
    std::vector<std::string> shown;
    for (const std::string& name : names) {
      if (meant_among(names, printable(name)) == name) shown.push_back(printable(name));
    }
    return shown;
  };
}

std::string meant_name(Invocation& invocation, const std::string& kind, const std::string& text) {
  const bool names_something = kind == "LISTENER" || kind == "BACKEND" || kind == "POOL";
  if (!names_something || text.find("\\x") == std::string::npos) return text;
  return meant_among(names_or_none(invocation, kind), text);
}

}  // namespace demo::ctl
