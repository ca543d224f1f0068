#pragma once

#include <string>

#include "demo/control/v1/file.pb.h"
#include "demo/control/v1/monitor.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"

namespace demo::ctl {

// How the running state and the configuration file stand to each other, in one clause: "equal to
// /etc/demo-server.toml". What does not equal names what to do about it.
std::string comparison_text(const api::FileComparison& comparison);

// Says on standard error that what is told of flags and file is not how they are now, if so.
void warn_of_file(Invocation& invocation, const api::GetConfigResponse& response);

}  // namespace demo::ctl
