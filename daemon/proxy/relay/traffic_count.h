#pragma once

#include <cstddef>

#include "stats/stats_page.h"

namespace demo {

// Where the bytes of one relay are counted, and whether any moved lately: a call that moved none is no sign
// of life, whoever caused it. Borrows the figures.
struct TrafficCount {
  WorkerStats& worker;
  ListenerStats& listener;
  BackendStats* backend = nullptr;  // not owned; set while there is a backend

  bool request_moved = false;
  bool response_moved = false;

  void from_client(std::size_t bytes) {
    request_moved = request_moved || bytes > 0;
    worker.bytes_in.add(bytes);
    listener.bytes_in.add(bytes);
  }
  void to_client(std::size_t bytes) {
    response_moved = response_moved || bytes > 0;
    worker.bytes_out.add(bytes);
    listener.bytes_out.add(bytes);
  }
  void from_backend(std::size_t bytes) {
    response_moved = response_moved || bytes > 0;
    backend->bytes_in.add(bytes);
  }
  void to_backend(std::size_t bytes) {
    request_moved = request_moved || bytes > 0;
    backend->bytes_out.add(bytes);
  }
  // Through a tunnel: what leaves is what came, but for a bounded rest.
  void relayed_forward(std::size_t bytes) {
    from_client(bytes);
    to_backend(bytes);
  }
  void relayed_backward(std::size_t bytes) {
    from_backend(bytes);
    to_client(bytes);
  }
};

}  // namespace demo
