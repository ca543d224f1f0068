#pragma once

#include <condition_variable>
#include <mutex>
#include <set>

#include "base/result.h"

namespace demo {

// What the shutdown needs to know of a stream.
class OpenStream {
 public:
  virtual void end(const Error& error) = 0;

 protected:
  ~OpenStream() = default;
};

// All streams that are served, so that a shutdown can end them. Thread-safe.
class OpenStreams {
 public:
  // False, and the stream was told to end, when the shutdown has begun.
  bool add(OpenStream& stream);
  void remove(OpenStream& stream);
  // Ends all streams, and every later one, with UNAVAILABLE.
  void shutdown();
  // After the servers were shut down: until the last stream is gone.
  void wait_until_empty();

 private:
  std::mutex mutex_;
  std::condition_variable removed_;
  std::set<OpenStream*> streams_;
  bool stopped_ = false;
};

}  // namespace demo
