#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "http/response_head.h"
#include "http/text_buffer.h"

namespace demo {

// What happens to the client's connection after a response.
enum class ClientConnection : std::uint8_t {
  kKeep,
  kClose,
  kSwitch,  // it becomes a tunnel: 101
};

// How the body of a forwarded response is delimited for the client.
enum class ClientFraming : std::uint8_t {
  kAsReceived,
  kUntilClose,  // no Transfer-Encoding: for HTTP/1.0 clients, which get the content alone
};

// How a response head changes on its way to the client.
struct ResponseForwarding {
  unsigned client_minor_version = 1;
  ClientConnection connection = ClientConnection::kKeep;
  ClientFraming framing = ClientFraming::kAsReceived;
  bool via = false;  // append to Via
  // IMF-fixdate for a final response without Date (RFC 9110 section 6.6.1); may be empty.
  std::string_view date = {};

  friend bool operator==(const ResponseForwarding& a, const ResponseForwarding& b) {
    // All members: with another one this does not compile.
    const auto& [minor_version, connection, framing, via, date] = a;
    return minor_version == b.client_minor_version && connection == b.connection && framing == b.framing &&
           via == b.via && same_text(date, b.date);
  }
  template <typename Visit>
  friend void for_each_text(ResponseForwarding& forwarding, const Visit& visit) {
    visit(forwarding.date);
  }
};

// Writes the head to send to a client: status line of HTTP/1.1, hop-by-hop fields and those that Connection
// names removed, framing fields written anew from what was understood (none where the status forbids them),
// Connection as decided. Returns the part of out that was written, empty when it does not fit. out must not
// overlap the head's bytes.
std::string_view write_response_head(std::span<char> out, const ResponseHead& head,
                                     const ResponseForwarding& forwarding);

}  // namespace demo
