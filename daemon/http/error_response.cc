#include "http/error_response.h"

#include <algorithm>
#include <cstdlib>

#include "http/reason_phrase.h"
#include "http/text_buffer.h"

namespace demo {
namespace {

constexpr std::size_t kReasonSizeMax = 200;
// RFC 9110 section 10.2.1. What is passed on; a backend may allow less, or others.
constexpr std::string_view kMethods = "\r\nAllow: GET, HEAD, POST, PUT, DELETE, OPTIONS, PATCH";

}  // namespace

std::string_view write_error_response(std::span<char> out, const Rejection& rejection, std::string_view date,
                                      bool head_only, bool keep) {
  const std::string_view phrase = reason_phrase(rejection.status);
  const std::string_view reason = rejection.reason.substr(0, kReasonSizeMax);
  const std::size_t status_digits = 3;
  const std::size_t body_size = status_digits + 1 + phrase.size() + 2 + reason.size() + 1;
  TextBuffer text(out);
  text.append("HTTP/1.1 ");
  text.append_number(rejection.status);
  text.append(" ").append(phrase).append("\r\nDate: ").append(date);
  if (rejection.lists_methods) text.append(kMethods);
  text.append("\r\nContent-Type: text/plain\r\nContent-Length: ");
  text.append_number(body_size);
  text.append(keep ? "\r\nConnection: keep-alive\r\n\r\n" : "\r\nConnection: close\r\n\r\n");
  if (!head_only) {
    text.append_number(rejection.status);
    text.append(" ").append(phrase).append(": ").append(reason).append("\n");
  }
  if (text.overflowed()) std::abort();
  return text.text();
}

}  // namespace demo
