#pragma once

namespace demo::control::v1 {}

namespace demo::ctl {

// The messages of the daemon's API.
namespace api = demo::control::v1;

}  // namespace demo::ctl
