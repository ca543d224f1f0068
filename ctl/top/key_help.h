#pragma once

#include <span>
#include <string>

namespace demo::ctl {

// What a key of democtl top does.
struct KeyHelp {
  const char* keys;
  const char* does;  // one clause
};

// Every key, in the order in which they are told.
std::span<const KeyHelp> key_help();

// The same in one sentence, for the page of the verb.
std::string key_sentence();

}  // namespace demo::ctl
