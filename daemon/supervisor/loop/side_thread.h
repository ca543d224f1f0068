#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

namespace demo {

// Does what may block beside the supervisor's loop, one job after the other. There is a thread while there
// are jobs. When the object goes, open jobs are abandoned at once: one that still waits ends when it can
// without touching anything of ours.
class SideThread {
 public:
  // What the loop does with the outcome.
  using Then = std::function<void()>;
  // Runs on the thread; owns all that it works with.
  using Job = std::function<Then()>;
  // On the loop, in place of the outcome: why there is none.
  using Failed = std::function<void(const std::string& why)>;

  // loop is borrowed and outlives the object.
  explicit SideThread(boost::asio::io_context& loop);
  ~SideThread();
  SideThread(const SideThread&) = delete;
  SideThread& operator=(const SideThread&) = delete;

  // On the loop. failed: there can be no thread, or 16 jobs wait already, then it may be called before this
  // returns; or the job threw.
  void run(Job job, const Failed& failed);

 private:
  class Jobs;
  const std::shared_ptr<Jobs> jobs_;
};

}  // namespace demo
