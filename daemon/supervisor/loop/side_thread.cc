#include "supervisor/loop/side_thread.h"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <cstddef>
#include <deque>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace demo {
namespace {

// Each keeps what it works with, and whoever asked.
constexpr std::size_t kMostWaiting = 16;

}  // namespace

// What the thread shares with the object. The thread keeps it, and may outlive the loop.
class SideThread::Jobs : public std::enable_shared_from_this<Jobs> {
 public:
  explicit Jobs(boost::asio::io_context& loop) : loop_(&loop) {}

  // Empty, or why there is no thread for the job.
  std::string add(Job job, const Failed& failed) {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= kMostWaiting)
      return fmt::format("{} others wait for what does not answer", kMostWaiting);
    waiting_.push_back({std::move(job), failed});
    if (running_) return "";
    try {
      std::thread([self = shared_from_this()] { self->run(); }).detach();
    } catch (const std::system_error& error) {
      waiting_.pop_back();
      return std::string("no thread for it: ") + error.what();
    }
    running_ = true;
    return "";
  }

  void abandon() {
    std::deque<Work> waiting;
    const std::lock_guard lock(mutex_);
    waiting.swap(waiting_);
    loop_ = nullptr;
  }

 private:
  struct Work {
    Job job;
    Failed failed;
  };

  // What it throws, for want of memory for instance, is its outcome.
  static Then outcome_of(const Work& work) {
    try {
      return work.job();
    } catch (const std::exception& error) {
      return [failed = work.failed, why = std::string(error.what())] { failed(why); };
    }
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!waiting_.empty()) {
      Work work = std::move(waiting_.front());
      waiting_.pop_front();
      lock.unlock();
      Then then = outcome_of(work);
      work = {};
      lock.lock();
      // Under the lock, so that the loop is there. What it does is dropped when the object went meanwhile.
      if (loop_ == nullptr) continue;
      boost::asio::post(*loop_, [weak = weak_from_this(), then = std::move(then)] {
        const auto self = weak.lock();
        if (self && self->in_use()) then();
      });
    }
    running_ = false;
  }

  bool in_use() {
    const std::lock_guard lock(mutex_);
    return loop_ != nullptr;
  }

  std::mutex mutex_;
  boost::asio::io_context* loop_;  // not owned; null when abandoned
  std::deque<Work> waiting_;
  bool running_ = false;  // there is a thread
};

SideThread::SideThread(boost::asio::io_context& loop) : jobs_(std::make_shared<Jobs>(loop)) {}

SideThread::~SideThread() { jobs_->abandon(); }

void SideThread::run(Job job, const Failed& failed) {
  if (const std::string why = jobs_->add(std::move(job), failed); !why.empty()) failed(why);
}

}  // namespace demo
