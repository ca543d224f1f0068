#pragma once

#include <string>

namespace demo {

// Where demo-server-worker is: beside this program in a build tree, else where the package puts it. Whether
// it can be started shows when it is.
std::string find_worker_binary();

}  // namespace demo
