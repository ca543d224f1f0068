#pragma once

#include <vector>

#include "demo/control/v1/stats.pb.h"
#include "format/joined_sheet.h"
#include "invocation/api.h"

// Which kinds of rows a selection leaves: those that it narrows, or all where it narrows none, so that no
// figure stands beside others that are of more than was asked for.
namespace demo::ctl {

// Has the daemon send just these.
void select_parts(api::StatsSelection& selection);

// Those of the sheets, named "total", "worker", "listener" and "backend", whose rows the selection leaves.
std::vector<NamedSheet> selected(std::vector<NamedSheet> sheets, const api::StatsSelection& selection);

}  // namespace demo::ctl
