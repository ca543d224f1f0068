#include "control/mutations/wanted_config.h"

#include <fmt/format.h>

#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "base/printable.h"
#include "config/fields.h"
#include "config/problems.h"
#include "config/told_error.h"
#include "config/validate.h"
#include "control/messages/api_path.h"
#include "control/messages/auto_decisions.h"
#include "control/messages/message_reader.h"
#include "control/messages/request_fields.h"
#include "text/told_problems.h"

namespace demo {

namespace pb = control::v1;

namespace {

// Without the last part, "a.b[2]" of "a.b[2].c" and "a.b" of "a.b[2]"; empty of one part.
std::string outer_path(const std::string& path) {
  const std::size_t end = path.find_last_of(".[");
  return path.substr(0, end == std::string::npos ? 0 : end);
}

// Whether something that holds the value could not be read, so that it is not what was said.
bool is_within(const FieldPaths& failed, std::string path) {
  for (; !path.empty(); path = outer_path(path)) {
    if (failed.contains(path)) return true;
  }
  return false;
}

// The values that could not be read; of one of the cores, the list.
FieldPaths failed_paths(const std::vector<json::Problem>& problems) {
  FieldPaths failed;
  for (const json::Problem& problem : problems) {
    failed.insert(problem.path);
    constexpr std::string_view kCores = "workers.cores";
    if (problem.path.starts_with(kCores)) failed.emplace(kCores);
  }
  return failed;
}

}  // namespace

WantedConfig::WantedConfig(const pb::ApplyConfigRequest& request) {
  if (!request.has_json()) return;
  name_ = request.name().empty() ? "the text" : printable(request.name());
  json_ = request.json();
}

std::optional<WantedConfig> WantedConfig::read(const pb::ApplyConfigRequest& request,
                                               std::vector<Error>& mistakes) {
  WantedConfig wanted(request);
  mistakes = wanted.read_all(request);
  return mistakes.empty() ? std::optional(std::move(wanted)) : std::nullopt;
}

std::vector<Error> WantedConfig::read_all(const pb::ApplyConfigRequest& request) {
  if (!request.has_config() && !is_text()) return {missing("config")};
  if (request.has_config() && is_text())
    return {invalid("json", "", "json: the state is given as config, too")};
  pb::Config parsed;
  json::Reading reading;
  if (is_text()) reading = json::read_message(json_, parsed, {.range_of = api_range, .offsets = &offsets_});
  std::vector<Error> mistakes;
  for (const json::Problem& problem : reading.problems) {
    mistakes.push_back(invalid(problem.path, "", fmt::format("{}:{}", name_, problem.text())));
  }
  const pb::Config& message = is_text() ? parsed : request.config();
  if (!reading.broken) {
    const FieldPaths failed = failed_paths(reading.problems);
    std::vector<Error> found;
    MessageReader reader(message, "", &failed);
    for_each_field(config_, reader);
    for (const Error& error : reader.errors()) {
      if (!is_within(failed, error.field)) found.push_back(placed(error));
    }
    read_auto_decisions(message, config_);
    for (const Error& error : validate(config_, &reader.unread(), ElementNames::kPlaces)) {
      const std::string path = element_path(api_path(config_, error.field), error.value);
      // A field of the response is called by its name, which may be what could not be read.
      if (!is_within(failed, path) && !failed.contains(path + ".name")) found.push_back(in_request(error));
    }
    std::move(found.begin(), found.end(), std::back_inserter(mistakes));
  }
  std::size_t more = reading.more;
  if (mistakes.size() > text::kToldProblems) {
    more += mistakes.size() - text::kToldProblems;
    mistakes.resize(text::kToldProblems);
  }
  if (more > 0) mistakes.push_back(invalid("", "", fmt::format("{}and {} more", behind_name(), more)));
  return mistakes;
}

std::string WantedConfig::behind_name() const { return is_text() ? name_ + ": " : ""; }

std::string WantedConfig::element_path(std::string path, const std::string& word) const {
  std::optional<std::size_t> found;
  if (path == "workers.cores") {
    const auto& cores = config_.workers.cores;
    for (std::size_t i = 0; i < cores.size(); ++i) {
      if (std::to_string(cores[i]) == word) found = i;
    }
  } else if (path == "response.headers") {
    const auto& headers = config_.response.headers;
    for (std::size_t i = 0; i < headers.size(); ++i) {
      const auto& [name, value] = headers[i];
      if (name == word || fmt::format("{}: {}", name, value) == word) found = i;
    }
  }
  return found ? fmt::format("{}[{}]", path, *found) : std::move(path);
}

std::size_t WantedConfig::offset_of(std::string path) const {
  for (; !path.empty(); path = outer_path(path)) {
    if (const auto found = offsets_.find(path); found != offsets_.end()) return found->second;
  }
  return 0;
}

Error WantedConfig::placed(Error error) const {
  if (is_text()) {
    const json::Problem place = json::problem_at(json_, offset_of(error.field), "", "");
    error.message = fmt::format("{}:{}:{}: {}", name_, place.line, place.column, naming_field(error));
    return error;
  }
  const std::string path = "config." + error.field;
  if (error.message.starts_with(error.field)) error.message.replace(0, error.field.size(), path);
  error.field = path;
  return error;
}

Error WantedConfig::in_request(Error error) const {
  const std::string own = state_path(error);
  const std::string path = element_path(api_path(config_, own), error.value);
  if (path.empty()) return error;
  if (error.message.starts_with(error.field)) error.message.replace(0, error.field.size(), path);
  error.field = path;
  return placed(std::move(error));
}

}  // namespace demo
