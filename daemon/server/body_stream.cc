#include "server/body_stream.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace demo {

void BodyStream::hold(BufferPool& buffers, std::string_view bytes) {
  if (bytes.empty()) return;
  if (!held_) held_ = buffers.borrow();
  if (!held_.append(bytes)) std::abort();
}

void BodyStream::start(BodyFile& file, std::uint64_t size, bool chunked) {
  file_ = &file;
  ++file.users;
  left_ = size;
  offset_ = 0;
  chunked_ = chunked;
}

// Content goes out in segments. Chunked: each one is a chunk with its size line before and CRLF after it.
void BodyStream::next_segment(BufferPool& buffers) {
  const std::uint64_t most = chunked_ ? kChunkBytes : std::numeric_limits<std::uint32_t>::max();
  segment_ = static_cast<std::uint32_t>(std::min(left_, most));
  left_ -= segment_;
  if (!chunked_) return;
  const std::string_view before = std::exchange(in_chunk_, segment_ > 0) ? "\r\n" : "";
  if (segment_ > 0) {
    hold(buffers, fmt::format("{}{:x}\r\n", before, segment_));
  } else {
    hold(buffers, fmt::format("{}0\r\n\r\n", before));
    chunked_ = false;
  }
}

IoResult BodyStream::send_held(int fd) {
  const bool more = segment_ > 0 || left_ > 0 || chunked_;
  const IoResult sent = send_bytes(fd, held_.bytes(), more ? More::kYes : More::kNo);
  held_.consume(sent.bytes);
  if (held_.empty()) held_.reset();
  return sent;
}

IoResult BodyStream::send_segment(int fd, std::size_t most) {
  const std::uint64_t to_end = file_->size() - offset_;
  const std::size_t count = std::min({std::size_t{segment_}, static_cast<std::size_t>(to_end), most});
  const IoResult sent = send_file(fd, file_->fd(), offset_, count);
  segment_ -= static_cast<std::uint32_t>(sent.bytes);
  offset_ = static_cast<std::uint32_t>((offset_ + sent.bytes) % file_->size());
  return sent;
}

IoResult BodyStream::send(int fd, BufferPool& buffers, TurnAllowance& allowance) {
  std::size_t total = 0;
  while (!empty() && !allowance.spent()) {
    if (held_.empty() && segment_ == 0) next_segment(buffers);
    const IoResult sent = held_.empty() ? send_segment(fd, allowance.left()) : send_held(fd);
    total += sent.bytes;
    allowance.charge_sent(sent.bytes);
    if (sent.outcome != IoOutcome::kDone) return {sent.outcome, total};
  }
  return {IoOutcome::kDone, total};
}

void BodyStream::finish(Answers& answers) {
  if (file_ != nullptr) answers.release(*std::exchange(file_, nullptr));
  held_.reset();
  left_ = segment_ = 0;
  chunked_ = in_chunk_ = false;
}

}  // namespace demo
