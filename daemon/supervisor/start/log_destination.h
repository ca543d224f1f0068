#pragma once

#include <string>

#include "base/result.h"

namespace demo {

// Sends this process's log, and that of the workers that it starts, to the file (appended, made when
// missing), else to the journal when descriptor 2 is connected to it, else to descriptor 2 as it is. Call
// before threads start, and again with the same file after it was moved away. Error: kPermissionDenied or
// kNotFound, one sentence.
Status open_log(const std::string& file);

// What open_log() would say of the file, which is neither made nor changed.
Status check_log(const std::string& file);

// Whether descriptor 2 is the journal, systemd.exec(5) JOURNAL_STREAM.
bool logs_to_journal();

}  // namespace demo
