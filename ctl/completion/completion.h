#pragma once

#include <functional>
#include <string>
#include <vector>

#include "verb/parser.h"

namespace demo::ctl {

// Names of things that exist right now: "LISTENER", "BACKEND", "POOL" or "WORKER" to the names. Empty when
// the daemon does not answer. pool: the one whose backends are meant; empty: all.
using LiveNames = std::function<std::vector<std::string>(const std::string& kind, const std::string& pool)>;

// What may stand in place of the last word, which may be empty or begun, after the words before it. Each
// entry is "word" or "word\tdescription". The special entry "\tFILE" asks the shell for file names.
std::vector<std::string> complete(const std::vector<std::string>& words, const CommandTable& table,
                                  const std::vector<Argument>& global, const LiveNames& live);

}  // namespace demo::ctl
