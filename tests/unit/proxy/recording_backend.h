#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "test_peer.h"

namespace demo::test {

// A backend that records every byte it gets and answers each complete request, in threads of its own.
class RecordingBackend {
 public:
  // What to answer a request of this method with. An answer that close_after ends its connection.
  using Answer = std::function<std::string(std::string_view method)>;
  explicit RecordingBackend(Answer answer, bool close_after = false);
  ~RecordingBackend() { finish(); }

  const Address& address() const { return listener_.address(); }
  // Waits until all connections ended, which the proxy must have closed by now; what came on each of them.
  std::vector<std::string> finish();

 private:
  void accept_all();
  void serve(TestPeer peer, std::string& record);

  const Answer answer_;
  const bool close_after_;
  TestBackend listener_;
  std::atomic<bool> stopping_ = false;
  std::mutex mutex_;
  std::vector<std::unique_ptr<std::string>> records_;
  std::vector<std::thread> servers_;
  std::thread acceptor_;
};

}  // namespace demo::test
