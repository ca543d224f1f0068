#pragma once

#include <gmock/gmock.h>

#include <functional>
#include <string>
#include <vector>

#include "config/validate.h"

// A good state, and what of it is wrong after an edit.
namespace demo {

inline Listener listener(const char* text, ListenerMode mode = ListenerMode::kAuto) {
  Listener result;
  result.address = *Address::parse(text);
  result.mode = mode;
  return result;
}

inline Backend backend(const char* text) {
  Backend result;
  result.endpoint = *Endpoint::parse(text);
  return result;
}

inline Config base() {
  Config config;
  config.listeners = {listener("127.0.0.1:80")};
  config.pools.emplace_back().backends = {backend("10.0.0.3:80")};
  return config;
}

// The fields that are wrong after the edit of a good state.
inline std::vector<std::string> wrong_fields(const std::function<void(Config&)>& edit) {
  Config config = base();
  edit(config);
  std::vector<std::string> fields;
  for (const Error& problem : validate(config)) {
    EXPECT_EQ(problem.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(problem.message, testing::HasSubstr(problem.field));
    fields.push_back(problem.field);
  }
  return fields;
}

}  // namespace demo
