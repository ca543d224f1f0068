#pragma once

#include "base/unique_fd.h"

namespace demo {

// A socket that the kernel answers with lists of sockets: netlink(7), sock_diag(7). The unit keeps the daemon
// from opening any of netlink, so the service manager passes one, under this name, which pass-sock-diag gave
// it.
inline constexpr const char* kDiagnosisSocketName = "diag";

// errno where there can be none.
UniqueFd open_diagnosis_socket();
// Whether it is one, and tells of the network that this process is in (network_namespaces(7)).
bool is_diagnosis_socket(int fd);

}  // namespace demo
