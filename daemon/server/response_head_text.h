#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "server/response_plan.h"

namespace demo {

// What the head of a response of server mode says.
struct ResponseHeadText {
  unsigned status = 200;
  Persistence persistence = Persistence::kKeep;
  std::string_view date;  // IMF-fixdate, RFC 9110 section 5.6.7
  std::string_view content_type;
  const std::vector<std::pair<std::string, std::string>>* headers = nullptr;  // extra fields, may be null
  std::optional<std::uint64_t> content_length;  // unset with chunked, and where a status has no body
  bool chunked = false;
};

// Appends the head, its final empty line included. The Date field comes first, so that its value stands at
// response_date_offset(status).
void append_response_head(std::string& out, const ResponseHeadText& head);

std::size_t response_date_offset(unsigned status);

}  // namespace demo
