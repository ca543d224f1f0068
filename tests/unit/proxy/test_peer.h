#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/address.h"
#include "base/unique_fd.h"

namespace demo::test {

// One end of a TCP connection that a test plays, client or backend. Blocking, every wait bounded: what does
// not come within ten seconds fails the test.
class TestPeer {
 public:
  explicit TestPeer(UniqueFd fd);
  static TestPeer connect(const Address& to);

  void send(std::string_view bytes);
  // Sends as much as the kernel takes without waiting; returns how much.
  std::size_t send_some(std::string_view bytes);
  // Everything through the first occurrence of end; less when the connection ends before.
  std::string read_until(std::string_view end);
  // Exactly count bytes; less when the connection ends before.
  std::string read_bytes(std::size_t count);
  // Everything until the connection ends.
  std::string read_to_end();
  // A head and, by its Content-Length, its body.
  std::string read_message();
  // The same, where an end instead of a message is fine: empty then.
  std::string read_message_or_end();
  // Whether the connection ended, after one of the reads came back short: with a FIN or with a reset.
  bool ended() const { return ended_; }
  bool was_reset() const { return reset_; }
  // Waits for the other side's end, dropping what comes before it.
  bool wait_for_end();
  // Whether nothing can be read now.
  bool silent() const;

  void finish();  // half-close
  void close() { fd_.reset(); }
  void reset();  // close with a reset
  void limit_receive_buffer(int bytes);
  int fd() const { return fd_.get(); }
  UniqueFd release() { return std::move(fd_); }
  Address local_address() const;

 private:
  bool receive_more();

  UniqueFd fd_;
  std::string pending_;
  bool ended_ = false;
  bool reset_ = false;
};

// A listening socket on 127.0.0.1, or this host, that a test accepts from as a backend.
class TestBackend {
 public:
  explicit TestBackend(const char* host = "127.0.0.1");
  const Address& address() const { return address_; }
  // The next connection.
  TestPeer accept();
  // Whether a connection waits to be accepted.
  bool has_connection() const;
  // Refuses connections from now on; reopen() listens on the same port again.
  void close() { fd_.reset(); }
  void reopen();

 private:
  UniqueFd fd_;
  Address address_;
};

// A listening socket whose queue is full: a connect to it hangs.
class BlackHole {
 public:
  explicit BlackHole(const char* host = "127.0.0.1");
  // The next connect is answered; those that hang are when they are tried again.
  void open();
  const Address& address() const { return address_; }

 private:
  UniqueFd fd_;
  Address address_;
  std::vector<UniqueFd> fillers_;
};

}  // namespace demo::test
