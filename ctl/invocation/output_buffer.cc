#include "invocation/output_buffer.h"

#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace demo::ctl {
namespace {

constexpr std::size_t kPieceBytes = 16 * 1024;

}  // namespace

OutputBuffer::OutputBuffer(int fd, bool by_line) : fd_(fd), by_line_(by_line) {
  waiting_.reserve(kPieceBytes);
}

OutputBuffer::int_type OutputBuffer::overflow(int_type c) {
  if (traits_type::eq_int_type(c, traits_type::eof())) return traits_type::not_eof(c);
  const char byte = traits_type::to_char_type(c);
  return xsputn(&byte, 1) == 1 ? c : traits_type::eof();
}

std::streamsize OutputBuffer::xsputn(const char* text, std::streamsize size) {
  if (error_ != 0) return 0;
  const std::string_view added(text, static_cast<std::size_t>(size));
  waiting_.insert(waiting_.end(), added.begin(), added.end());
  const bool due = waiting_.size() >= kPieceBytes || (by_line_ && added.find('\n') != std::string_view::npos);
  return !due || write_all() ? size : 0;
}

int OutputBuffer::sync() { return write_all() ? 0 : -1; }

bool OutputBuffer::write_all() {
  std::size_t written = 0;
  while (error_ == 0 && written < waiting_.size()) {
    const ssize_t done = ::write(fd_, waiting_.data() + written, waiting_.size() - written);
    if (done >= 0) {
      written += static_cast<std::size_t>(done);
    } else if (errno != EINTR) {
      error_ = errno;
    }
  }
  waiting_.clear();
  return error_ == 0;
}

}  // namespace demo::ctl
