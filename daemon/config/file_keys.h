#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "config/source_text.h"

namespace demo {

// A mistake in the configuration file.
struct FileProblem {
  FilePlace place;
  Error error;  // field: the key's path in the file; message: one sentence that names field and value
};

// A value as the file has it.
struct FileKey {
  FilePlace place;
  std::string name;   // as the file's author writes it: "listener.kernel.backlog"
  std::string typed;  // a value that is no text, as it stands there: "1e3"
  // Of a list of plain values, each element by the words that a rule about it calls it by.
  std::vector<std::pair<std::string, FilePlace>> elements = {};
};

// What was given, by its path in the desired state as validate() names it:
// "listeners.0.0.0.0:80.kernel.backlog".
using FileKeys = std::map<std::string, FileKey>;

// A problem of the desired state as one of the file: its place is that of the value itself, of a list's the
// last element that is meant, or of the nearest thing around it; its field is the key as the file has it, its
// value as it was typed. around: what stands for a problem of which nothing is in the file; its name is put
// in front of the field.
FileProblem problem_in_file(const FileKeys& keys, const FileKey& around, Error error);

}  // namespace demo
