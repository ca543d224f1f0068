#pragma once

#include <string>

#include "base/address.h"
#include "config/pool.h"

namespace demo {

// One address to check. Identity: pool, endpoint and address.
struct HealthTarget {
  std::string pool;
  std::string endpoint;  // the backend's endpoint text
  Address address;
  HealthCheck check;                                                // kind kNone: not checked
  SendProxyProtocol send_proxy_protocol = SendProxyProtocol::kOff;  // a check begins as the traffic does
};

}  // namespace demo
