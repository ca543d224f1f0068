#pragma once

#include <optional>

#include "http/request_head.h"

namespace demo {

// Whether Max-Forwards limits requests of this method (RFC 9110 section 7.6.2); in others it means nothing.
constexpr bool is_limited_by_max_forwards(Method method) {
  return method == Method::kTrace || method == Method::kOptions;
}

// Reads the Max-Forwards field of a request of such a method into head.max_forwards. A number that is larger
// than fits counts as the largest one that does. Returns why the request is refused, if it is: 400 for
// anything but one number.
std::optional<Rejection> read_max_forwards(RequestHead& head);

// What answers such a request whose Max-Forwards is 0: the proxy is its last recipient. OPTIONS gets what the
// proxy passes on; TRACE is not echoed, since its fields, with those that proxies on the way added, are not
// for everybody who may send one.
Rejection last_recipient_answer(Method method);
// Whether it is one of these: nothing is wrong with the request, and another one may follow.
constexpr bool is_last_recipient_answer(const Rejection& answer) { return answer.lists_methods; }

}  // namespace demo
