#include "proxy/connections/stray_response.h"

#include <algorithm>

namespace demo {

bool is_stray_response(std::string_view bytes) {
  constexpr std::string_view kProtocol = "HTTP/1.";
  constexpr std::string_view kTimeout = " 408";
  const std::size_t known = std::min(bytes.size(), kProtocol.size());
  if (known == 0 || bytes.substr(0, known) != kProtocol.substr(0, known)) return false;
  return bytes.size() < kStrayLook || bytes.substr(kProtocol.size() + 1, kTimeout.size()) != kTimeout;
}

}  // namespace demo
