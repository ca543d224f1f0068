#pragma once

#include <cstdint>

#include "base/linked_list.h"
#include "event/watch.h"

namespace demo {

// A watch that can put off the rest of its work to the loop's next turn (Loop::again()), so that one fast
// peer holds nobody up: work without a bound ends after so many steps and asks to go on. Its handler is
// called then with no events, after those that the turn brought. It is not called any more when it
// is destroyed, hence a retired object is not either.
class YieldingWatch : public Watch {
 public:
  bool called_again() const { return link_.is_linked(); }
  // Takes the wish back: an event came first, and the work is done with it.
  void withdraw() { link_.unlink(); }

 protected:
  explicit YieldingWatch(Handler handler) : Watch(handler) {}
  ~YieldingWatch() = default;

 private:
  friend class YieldLine;
  MemberLink link_;  // while something was put off
};

// Those that wait for their turn, first come first served. The loop's.
class YieldLine final {
 public:
  bool empty() const { return watches_.empty(); }

  // At the end; stays where it is when it waits already.
  void add(YieldingWatch& watch) {
    if (!watch.called_again()) watches_.push_back(watch);
  }

  // Moves all of another line behind those here.
  void take(YieldLine& other) { watches_.splice(watches_.end(), other.watches_); }

  // Calls and removes each; they may add themselves to another line, or destroy any watch.
  void call_all() {
    while (!empty()) {
      YieldingWatch& watch = watches_.front();
      watch.withdraw();
      watch.ready(0);
    }
  }

 private:
  MemberList<YieldingWatch, &YieldingWatch::link_> watches_;
};

}  // namespace demo
