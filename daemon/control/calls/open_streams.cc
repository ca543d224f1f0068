#include "control/calls/open_streams.h"

#include "supervisor/api/supervisor_api.h"

namespace demo {

bool OpenStreams::add(OpenStream& stream) {
  const std::lock_guard lock(mutex_);
  if (stopped_) {
    stream.end(daemon_stopping());
    return false;
  }
  streams_.insert(&stream);
  return true;
}

void OpenStreams::remove(OpenStream& stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(&stream);
  removed_.notify_all();
}

void OpenStreams::wait_until_empty() {
  std::unique_lock lock(mutex_);
  removed_.wait(lock, [this] { return streams_.empty(); });
}

void OpenStreams::shutdown() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (OpenStream* stream : streams_) stream->end(daemon_stopping());
}

}  // namespace demo
