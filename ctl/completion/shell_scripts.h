#pragma once

namespace demo::ctl {

// The files of packaging/completions/, built in.
extern const char* const kBashCompletion;
extern const char* const kZshCompletion;
extern const char* const kFishCompletion;

}  // namespace demo::ctl
