#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace demo {

// size bytes of text in lines of 64 characters: what a body without configured bytes is made of. A longer
// pattern starts with the shorter ones.
std::string body_pattern(std::size_t size);

// The bytes of a large response body in memory that sendfile(2) sends without copying them through user
// space: either a configured body, or a pattern that is repeated to any length. Lives until the last session
// that sends it is done.
class BodyFile {
 public:
  static constexpr std::size_t kPatternBytes = 1024 * 1024;

  // A memfd_create(2) file with these bytes.
  static Result<BodyFile> with_bytes(std::string_view bytes);

  int fd() const { return fd_.get(); }
  // Bytes of the file; position p of a longer body is the file's byte p modulo size().
  std::uint64_t size() const { return size_; }

  unsigned users = 0;  // sessions that are sending it

 private:
  BodyFile(UniqueFd fd, std::uint64_t size) : fd_(std::move(fd)), size_(size) {}
  UniqueFd fd_;
  std::uint64_t size_;
};

}  // namespace demo
