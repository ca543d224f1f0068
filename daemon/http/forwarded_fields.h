#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/limits.h"
#include "http/request_head.h"

namespace demo {

// What becomes of a received field when its message is forwarded (RFC 9110 section 7.6.1).
enum class FieldRole : std::uint8_t {
  kEndToEnd,  // passed on as it is
  kHopByHop,  // for this connection only, or named by Connection: dropped
  kHost,
  kContentLength,     // framing: written anew from what was understood
  kTransferEncoding,  // likewise
  kUpgrade,           // dropped unless the upgrade is passed on
  kExpect,
  kForwardedFor,    // X-Forwarded-For
  kForwardedProto,  // X-Forwarded-Proto
  kForwardedHost,   // X-Forwarded-Host
  kForwarded,       // Forwarded (RFC 7239)
  kVia,
  kCdnLoop,  // passed on whatever Connection says: RFC 8586 section 2.2
  kDate,
  kMaxForwards,
  kLookAlike,  // has underscores in the name of a field that is written anew
};

// Sorts the fields of one head into roles. Borrows the fields.
class ForwardedFields {
 public:
  explicit ForwardedFields(std::span<const Field> fields);

  // Connection cannot make a proxy drop Host or the framing fields: the message would mean something else
  // behind it. Nor what ends loops.
  FieldRole role_of(const Field& field) const;

 private:
  bool is_nominated(std::string_view name) const;

  std::array<std::string_view, limits::kConnectionOptions> nominated_;
  std::size_t nominated_count_ = 0;
};

}  // namespace demo
