#pragma once

#include <span>
#include <string_view>

#include "http/request_head.h"
#include "http/text_buffer.h"

namespace demo {

// How a request head changes on its way to a backend.
struct RequestForwarding {
  std::string_view peer = {};          // the client's IP address without a port; empty when it has none
  std::string_view default_host = {};  // Host for a request that has none: an HTTP/1.0 one
  std::string_view loop_mark = {};     // added as a CDN-Loop field (RFC 8586); empty: none
  bool x_forwarded = false;  // append to X-Forwarded-For, set X-Forwarded-Proto and X-Forwarded-Host
  bool forwarded = false;    // append to Forwarded (RFC 7239)
  bool via = false;          // append to Via (RFC 9110 section 7.6.3)
  bool close = false;        // ask the backend to close after its response
  bool upgrade = false;      // pass the wish for another protocol on; head.upgrade must hold
  bool drop_expect = false;  // Expect is not passed on: of a client that does not know it

  friend bool operator==(const RequestForwarding& a, const RequestForwarding& b) {
    // All members: with another one this does not compile.
    const auto& [peer, default_host, loop_mark, x_forwarded, forwarded, via, close, upgrade, drop_expect] = a;
    return x_forwarded == b.x_forwarded && forwarded == b.forwarded && via == b.via && close == b.close &&
           upgrade == b.upgrade && drop_expect == b.drop_expect && same_text(peer, b.peer) &&
           same_text(default_host, b.default_host) && same_text(loop_mark, b.loop_mark);
  }
  template <typename Visit>
  friend void for_each_text(RequestForwarding& forwarding, const Visit& visit) {
    visit(forwarding.peer);
    visit(forwarding.default_host);
    visit(forwarding.loop_mark);
  }
};

// Writes the head to send to a backend: always HTTP/1.1 and origin-form (or `*`), Host first, hop-by-hop
// fields and those that Connection names removed, Content-Length and Transfer-Encoding written anew from what
// was understood, so that whatever the client's spelling was, only one reading is left. Fields that look like
// those with underscores (Content_Length) are removed, Max-Forwards counts down where it limits the request.
// The body follows with its framing unchanged. Returns the part of out that was written, empty when it does
// not fit. out must not overlap the head's bytes.
std::string_view write_request_head(std::span<char> out, const RequestHead& head,
                                    const RequestForwarding& forwarding);

}  // namespace demo
