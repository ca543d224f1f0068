#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "run.h"
#include "unit/ctl/fake_daemon.h"

namespace demo::ctl {

// Runs democtl; out_ and err_ hold what it said last.
class DemoctlTest : public testing::Test {
 protected:
  // Its exit code.
  int democtl(const std::vector<std::string>& words) {
    std::ostringstream out;
    std::ostringstream err;
    Console console{.out = out, .err = err, .terminal = terminal_};
    const int code = run(words, console);
    out_ = out.str();
    err_ = err.str();
    return code;
  }

  bool terminal_ = false;  // 80 columns, nothing drawn in place
  std::string out_;
  std::string err_;
};

// The same against a fake daemon.
class DemoctlOfFakeDaemon : public DemoctlTest {
 protected:
  int democtl(std::vector<std::string> words) {
    words.insert(words.begin(), {"--target", daemon_.target()});
    return DemoctlTest::democtl(words);
  }

  FakeDaemon daemon_;
};

}  // namespace demo::ctl
