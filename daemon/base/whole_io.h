#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace demo {

// All of it, however little each call takes: at the descriptor's offset, write(2), or at one of the caller's,
// pwrite(2). False with errno.
bool write_all(int fd, std::string_view bytes);
bool write_all_at(int fd, std::string_view bytes, std::uint64_t offset);
// So many bytes from the offset on, pread(2). False with errno; EIO where the file ends before.
bool read_all_at(int fd, char* to, std::size_t size, std::uint64_t offset);

}  // namespace demo
