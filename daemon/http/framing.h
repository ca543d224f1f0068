#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/request_head.h"

namespace demo {

// What the fields of one head say about where its message ends and whether its connection persists (RFC 9112
// sections 6 and 9.3), gathered field by field.
class Framing {
 public:
  // Takes note of a field; those of other names are ignored. Returns why the head is refused, if it is.
  std::optional<Rejection> note(const Field& field) {
    return has_size_of_interest(field.name) ? note_if_interesting(field) : std::nullopt;
  }

  // What is certain only with all fields seen: both lengths at once, a coding in HTTP/1.0.
  std::optional<Rejection> check(unsigned minor_version) const;

  bool chunked() const { return chunked_; }
  bool has_content_length() const { return has_content_length_; }
  std::uint64_t content_length() const { return content_length_; }
  bool persistent(unsigned minor_version) const { return !close_ && (minor_version > 0 || keep_alive_); }
  // Connection names upgrade and Upgrade at least one protocol that may be switched to (RFC 9110
  // section 7.8); never in HTTP/1.0.
  bool upgrade(unsigned minor_version) const { return upgrade_option_ && may_switch_ && minor_version > 0; }
  // The same of a 101: it names the protocols that are spoken from now on, so all of them must be such.
  bool switches(unsigned minor_version) const { return upgrade(minor_version) && !must_not_switch_; }

 private:
  // Most fields can be passed over by the size of their name.
  static bool has_size_of_interest(std::string_view name) {
    constexpr std::uint32_t kSizes = 1U << 7 | 1U << 10 | 1U << 14 | 1U << 17;
    return name.size() < 32 && (kSizes >> name.size() & 1U) != 0;
  }
  std::optional<Rejection> note_if_interesting(const Field& field);
  std::optional<Rejection> note_content_length(std::string_view value);
  std::optional<Rejection> note_transfer_encoding(std::string_view value);
  std::optional<Rejection> note_connection(std::string_view value);
  void note_upgrade(std::string_view value);

  std::uint64_t content_length_ = 0;
  std::size_t options_ = 0;
  bool has_content_length_ = false;
  bool chunked_ = false;
  bool close_ = false;
  bool keep_alive_ = false;
  bool upgrade_option_ = false;
  bool may_switch_ = false;       // Upgrade names a protocol that may be switched to
  bool must_not_switch_ = false;  // it names one that must not
};

}  // namespace demo
