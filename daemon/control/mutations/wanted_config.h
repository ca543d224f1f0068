#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "config/config.h"
#include "demo/control/v1/control.pb.h"
#include "json/read_message.h"

namespace demo {

// The whole desired state that an ApplyConfig asks for, and where in the request its values are. Pure.
class WantedConfig {
 public:
  // Unset when something is wrong. mistakes: gets everything that is at once, what cannot be read first, then
  // what breaks a rule of validate(), kToldProblems at most and how many more. kInvalidArgument; fields and
  // messages as in_request().
  static std::optional<WantedConfig> read(const control::v1::ApplyConfigRequest& request,
                                          std::vector<Error>& mistakes);

  const Config& config() const { return config_; }

  // A problem of this state as one of the request. Its path is that of the request: "listeners[1].pool"
  // behind "NAME:LINE:COLUMN: " of the value, or of the nearest thing around it, in a text;
  // "config.listeners[1].pool" in a message. One whose field is no value of the state stays as it is.
  Error in_request(Error error) const;

 private:
  explicit WantedConfig(const control::v1::ApplyConfigRequest& request);

  bool is_text() const { return !name_.empty(); }
  // What a sentence about the whole begins with.
  std::string behind_name() const;
  std::vector<Error> read_all(const control::v1::ApplyConfigRequest& request);
  // The path of the list's last element that a rule means by the word, "workers.cores[1]"; of others the
  // path.
  std::string element_path(std::string path, const std::string& word) const;
  // Of a path in the message, the offset in the text; 0 where nothing leads there.
  std::size_t offset_of(std::string path) const;
  // error: with a path in the message.
  Error placed(Error error) const;

  Config config_;
  std::string name_;  // of the text; empty: the request has a message
  std::string json_;
  json::Offsets offsets_;
};

}  // namespace demo
