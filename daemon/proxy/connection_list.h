#pragma once

#include <cstddef>

namespace demo {

class BackendConnection;

// Connections of one member in one state, last added first. Owns nothing; links live in the connections.
class ConnectionList {
 public:
  bool empty() const { return first_ == nullptr; }
  std::size_t size() const { return size_; }
  BackendConnection& front() const { return *first_; }
  BackendConnection& back() const { return *last_; }
  void push_front(BackendConnection& connection);
  void remove(BackendConnection& connection);

 private:
  BackendConnection* first_ = nullptr;  // not owned
  BackendConnection* last_ = nullptr;   // not owned
  std::size_t size_ = 0;
};

}  // namespace demo
