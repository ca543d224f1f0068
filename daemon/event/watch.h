#pragma once

#include <cstdint>

namespace demo {

// What the loop calls when a descriptor is ready: the first base of every object registered with epoll. One
// word, no virtual table, so that an idle connection stays small.
class Watch {
 public:
  // events as epoll_wait(2) reports them.
  using Handler = void (*)(Watch& self, std::uint32_t events);

  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  void ready(std::uint32_t events) { handler_(*this, events); }

 protected:
  explicit Watch(Handler handler) : handler_(handler) {}
  ~Watch() = default;

  // The handler of a class T with a member on_ready(events).
  template <typename T>
  static void call(Watch& self, std::uint32_t events) {
    static_cast<T&>(self).on_ready(events);
  }

 private:
  Handler handler_;
};

}  // namespace demo
