#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace demo {

// One response as a client reads it from the wire.
struct TestResponse {
  int status = 0;
  std::string version;
  std::vector<std::pair<std::string, std::string>> fields;  // names in lower case
  std::string body;

  // The value of a field, empty when it is not there; the test fails when it is there twice.
  std::string field(const std::string& lower_case_name) const;
  bool has(const std::string& lower_case_name) const;
  bool closes() const { return field("connection") == "close"; }
};

// Takes the first response from the front of bytes, if it is complete there: by length, chunked, or without a
// body as its status says. head_only: it answers HEAD. Fails the test on what is no valid response.
std::optional<TestResponse> take_response(std::string& bytes, bool head_only = false);

}  // namespace demo
