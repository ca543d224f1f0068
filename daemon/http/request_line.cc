#include "http/request_line.h"

#include "http/authority.h"
#include "http/character_class.h"

namespace demo {
namespace {

constexpr std::string_view kProtocolBegin = "HTTP/";
constexpr std::size_t kVersionSizeBytes = 8;

Method method_of(std::string_view text) {
  switch (text.size()) {
    case 3:
      return text == "GET" ? Method::kGet : text == "PUT" ? Method::kPut : Method::kOther;
    case 4:
      return text == "HEAD" ? Method::kHead : text == "POST" ? Method::kPost : Method::kOther;
    case 5:
      return text == "PATCH" ? Method::kPatch : text == "TRACE" ? Method::kTrace : Method::kOther;
    case 6:
      return text == "DELETE" ? Method::kDelete : Method::kOther;
    case 7:
      return text == "OPTIONS" ? Method::kOptions : Method::kOther;
    default:
      return Method::kOther;
  }
}

// Where a path and query that begin at p end.
const char* skip_path_and_query(const char* p, const char* end) {
  CharClass allowed = CharClass::kPath;
  for (; p != end; ++p) {
    if (is_in(allowed, *p)) continue;
    if (*p == '?') {
      allowed = CharClass::kQuery;
    } else if (*p == '%' && end - p > 2 && is_in(CharClass::kHex, p[1]) && is_in(CharClass::kHex, p[2])) {
      p += 2;
    } else {
      break;
    }
  }
  return p;
}

// Whether target is a valid absolute-form (RFC 9112 section 3.2.2); splits it if so. User information is
// refused as RFC 9110 section 4.2.4 advises.
bool read_absolute_form(std::string_view target, RequestHead& head) {
  const std::size_t colon = target.find(':');
  const std::string_view scheme = target.substr(0, colon);
  if (!equals_ignoring_case(scheme, "http") && !equals_ignoring_case(scheme, "https")) return false;
  std::string_view rest = target.substr(colon + 1);
  if (!rest.starts_with("//")) return false;
  rest.remove_prefix(2);
  const std::size_t authority_size = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_size);
  if (!is_valid_authority(authority) || host_of_authority(authority).empty()) return false;
  rest.remove_prefix(authority_size);
  const char* const end = rest.data() + rest.size();
  if (skip_path_and_query(rest.data(), end) != end) return false;
  head.host = authority;
  head.path_query = rest;
  // RFC 9112 section 3.2.4: the asterisk-form in absolute clothes.
  if (rest.empty()) head.path_query = head.method == Method::kOptions ? "*" : "/";
  return true;
}

// A proxy of its own configuration is no tunnel to anywhere (RFC 9110 section 9.3.6). rest: behind the
// method.
Rejection connect_rejection(std::string_view rest) {
  if (!is_connect_authority(rest.substr(0, rest.find(' ')))) return {400, "invalid target of CONNECT"};
  return {501, "CONNECT is not offered"};
}

// Finds the end of the target at the front of rest and checks its form; the size of the target, 0 when it is
// invalid.
std::size_t read_target(std::string_view rest, RequestHead& head) {
  if (!rest.empty() && rest.front() == '/') {
    const char* const target_end = skip_path_and_query(rest.data(), rest.data() + rest.size());
    const auto size = static_cast<std::size_t>(target_end - rest.data());
    head.path_query = rest.substr(0, size);
    return size;
  }
  const std::size_t size = std::min(rest.find(' '), rest.size());
  const std::string_view target = rest.substr(0, size);
  if (target == "*" && head.method == Method::kOptions) {
    head.path_query = target;
    return size;
  }
  return read_absolute_form(target, head) ? size : 0;
}

bool is_version(std::string_view text) {
  return text.size() == kVersionSizeBytes && text.starts_with(kProtocolBegin) &&
         is_in(CharClass::kDigit, text[5]) && text[6] == '.' && is_in(CharClass::kDigit, text[7]);
}

}  // namespace

std::optional<Rejection> read_request_line(std::string_view line, RequestHead& head) {
  std::size_t method_size = 0;
  while (method_size < line.size() && is_in(CharClass::kToken, line[method_size])) ++method_size;
  if (method_size == 0 || method_size == line.size() || line[method_size] != ' ') {
    return Rejection{400, "invalid method"};
  }
  if (method_size > limits::kMethodSizeBytes) return Rejection{501, "method too long"};
  head.method_text = line.substr(0, method_size);
  head.method = method_of(head.method_text);
  const std::string_view rest = line.substr(method_size + 1);
  if (head.method == Method::kOther && head.method_text == "CONNECT") return connect_rejection(rest);
  if (rest.size() > limits::kTargetSizeBytes && rest.find(' ') > limits::kTargetSizeBytes) {
    return Rejection{414, "request target too long"};
  }
  const std::size_t target_size = read_target(rest, head);
  if (target_size == 0) return Rejection{400, "invalid request target"};
  if (target_size == rest.size()) return Rejection{400, "request line without a version"};
  if (rest[target_size] != ' ') return Rejection{400, "invalid character in the request target"};
  head.target = rest.substr(0, target_size);
  const std::string_view version = rest.substr(target_size + 1);
  if (!is_version(version)) return Rejection{400, "invalid HTTP version"};
  if (version[5] != '1') return Rejection{505, "only HTTP/1.0 and HTTP/1.1 are spoken here"};
  // A higher minor version is to be treated as the highest one known (RFC 9110 section 2.5).
  head.minor_version = version[7] == '0' ? 0 : 1;
  return std::nullopt;
}

std::optional<Rejection> check_partial_request_line(std::string_view beginning) {
  std::size_t method_size = 0;
  while (method_size < beginning.size() && method_size <= limits::kMethodSizeBytes &&
         is_in(CharClass::kToken, beginning[method_size])) {
    ++method_size;
  }
  if (method_size > limits::kMethodSizeBytes) return Rejection{501, "method too long"};
  if (method_size == beginning.size()) return std::nullopt;
  if (method_size == 0 || beginning[method_size] != ' ') return Rejection{400, "invalid method"};
  const std::string_view rest = beginning.substr(method_size + 1);
  if (rest.size() > limits::kTargetSizeBytes && rest.find(' ') > limits::kTargetSizeBytes) {
    return Rejection{414, "request target too long"};
  }
  // Past a target of the longest size, the version takes a space and eight bytes: no valid line is longer.
  if (rest.size() > limits::kTargetSizeBytes + 1 + kVersionSizeBytes) {
    return Rejection{400, "invalid HTTP version"};
  }
  return std::nullopt;
}

}  // namespace demo
