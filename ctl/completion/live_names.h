#pragma once

#include <string>

#include "completion/completion.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// Names as they are shown. Asks the daemon, briefly; names nothing when it does not answer. The invocation is
// borrowed by the result.
LiveNames live_names(Invocation& invocation);

// The name of the listener, backend or pool (kind: its placeholder) that the text means: the text itself
// where something has that name; else the one thing that is shown so, with \xNN for what steers a terminal
// (format/text_width.h); else the text. Asks the daemon only for a text that may be such a spelling.
std::string meant_name(Invocation& invocation, const std::string& kind, const std::string& text);

}  // namespace demo::ctl
