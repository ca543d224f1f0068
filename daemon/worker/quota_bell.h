#pragma once

#include <cstdint>
#include <functional>
#include <utility>

#include "event/loop.h"
#include "event/watch.h"
#include "quota/quota.h"

namespace demo {

// Hears in a worker's loop when something changed in the limits that the workers keep together.
class QuotaBell final : public Watch {
 public:
  // Both are borrowed. listener: called from the loop.
  QuotaBell(Loop& loop, Quota& quota, std::function<void()> listener)
      : Watch(Watch::call<QuotaBell>), loop_(loop), quota_(quota), listener_(std::move(listener)) {}
  Status open() { return loop_.add(quota_.bell(), EPOLLIN | EPOLLET, *this); }

 private:
  friend class Watch;
  void on_ready(std::uint32_t) {
    quota_.heard();
    listener_();
  }

  Loop& loop_;
  Quota& quota_;
  const std::function<void()> listener_;
};

}  // namespace demo
