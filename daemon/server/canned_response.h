#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/limits.h"
#include "config/traffic.h"
#include "server/response_plan.h"

namespace demo {

// The configured response of server mode as ready bytes, in every variant a request can ask for. The only
// thing that changes after construction is the date, patched in place once a second.
class CannedResponse {
 public:
  // Bodies up to this size are part of the bytes unless extra fields need the room; longer ones follow from a
  // BodyFile.
  static constexpr std::size_t kInlineBodyBytes = 8 * 1024;
  // The bytes of a response: what a socket does not take of them, and an interim response behind them, fit
  // one pooled buffer.
  static constexpr std::size_t kBytesMax = limits::kPooledBufferBytes - 64;

  // date: an IMF-fixdate (RFC 9110 section 5.6.7), 29 characters.
  CannedResponse(const Response& settings, std::string_view date);

  // The whole response, or its head alone for HEAD and where the body is not inline. Valid until the next
  // set_date().
  std::string_view bytes(Persistence persistence, bool head_only) const {
    const Variant& variant = variants_[static_cast<std::size_t>(persistence)];
    return {variant.text.data(), head_only ? variant.head_size : variant.text.size()};
  }

  // As many keep-alive responses back to back as fit kRunBytes, for pipelined requests answered in one send.
  std::string_view run(unsigned count) const;
  unsigned run_max() const { return run_max_; }

  bool body_inline() const { return body_inline_; }
  std::uint64_t body_size() const { return body_size_; }
  unsigned status() const { return status_; }

  void set_date(std::string_view date);

 private:
  static constexpr std::size_t kRunBytes = 12 * 1024;
  struct Variant {
    std::string text;
    std::size_t head_size = 0;
  };

  const bool body_inline_;
  const std::uint64_t body_size_;
  const unsigned status_;
  std::array<Variant, 3> variants_;  // by Persistence
  std::string run_;
  std::size_t run_step_ = 0;
  unsigned run_max_ = 0;
  std::size_t date_offset_ = 0;  // the same in every variant: the date comes first
};

}  // namespace demo
