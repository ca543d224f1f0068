#pragma once

#include <cstddef>
#include <streambuf>
#include <vector>

namespace demo::ctl {

// What a stream writes to a descriptor, in large pieces; a terminal gets each line at once. Keeps why it
// could not be written, which errno would not tell any more once an exception has unwound the stack.
class OutputBuffer final : public std::streambuf {
 public:
  // Borrows the descriptor.
  OutputBuffer(int fd, bool by_line);

  // errno of the write(2) that failed first; 0: none did. From then on everything fails.
  int error() const { return error_; }

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;
  int sync() override;

 private:
  bool write_all();

  const int fd_;
  const bool by_line_;
  std::vector<char> waiting_;
  int error_ = 0;
};

}  // namespace demo::ctl
