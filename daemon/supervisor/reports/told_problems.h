#pragma once

#include <functional>
#include <map>
#include <string>

namespace demo {

// Problems by their subject, of which each beginning and each end is told once. Pure.
class ToldProblems {
 public:
  using Problems = std::map<std::string, std::string>;  // what is wrong, by subject
  using Tell = std::function<void(const std::string& subject, const std::string& problem)>;

  // Whether a problem that is told already and has other words now is told again.
  enum class Rewording { kTold, kSilent };

  // now: all that is wrong. began: is called for what is new, ended for what is over. Whether anything has
  // changed.
  bool update(Problems now, Rewording rewording, const Tell& began, const Tell& ended);

 private:
  Problems told_;
};

}  // namespace demo
