#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "config/config_file.h"

// The text of a file as the daemon takes it.
namespace demo {

// Stands for the files beside the configuration.
inline Result<std::string> read_nothing(const std::string& path) {
  return Error{ErrorCode::kNotFound, "cannot read " + path, "", ""};
}

inline Config parse_good(std::string_view text) {
  ParsedConfig parsed = parse_config(text, "test.toml", read_nothing);
  for (const Error& problem : parsed.problems) ADD_FAILURE() << problem.message;
  return parsed.config;
}

inline std::vector<std::string> messages(std::string_view text) {
  std::vector<std::string> result;
  for (const Error& problem : parse_config(text, "test.toml", read_nothing).problems)
    result.push_back(problem.message);
  return result;
}

}  // namespace demo
