#include "supervisor/backends/lookup_threads.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <deque>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace demo {
namespace {

using LookupDone = std::function<void(Result<NameResolver::Addresses>)>;

// What the threads share with the function that asks. The threads keep it, and may outlive the loop.
class LookupThreads : public std::enable_shared_from_this<LookupThreads> {
 public:
  LookupThreads(boost::asio::io_context& loop, BlockingLookup ask) : ask_(std::move(ask)), loop_(&loop) {}

  void add(const std::string& host, std::uint16_t port, LookupDone done) {
    const std::lock_guard lock(mutex_);
    questions_.push_back({++last_id_, host, port});
    open_.emplace(last_id_, Open{std::move(done), Guard(loop_->get_executor())});
    if (threads_ < kLookupThreads) start_thread();
  }

  void abandon() {
    std::map<std::uint64_t, Open> open;
    const std::lock_guard lock(mutex_);
    open.swap(open_);
    questions_.clear();
    loop_ = nullptr;
  }

 private:
  using Guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  struct Question {
    std::uint64_t id;
    std::string host;
    std::uint16_t port;
  };
  struct Open {
    LookupDone done;
    Guard guard;  // the loop runs on while a question is open
  };

  // Without a thread the question waits for one that is there, or is answered so when there is none.
  void start_thread() {
    try {
      std::thread([self = shared_from_this()] { self->run(); }).detach();
      ++threads_;
    } catch (const std::system_error& error) {
      if (threads_ > 0) return;
      const Question question = std::move(questions_.back());
      questions_.pop_back();
      answer(question.id, Error{ErrorCode::kResourceExhausted,
                                std::string("no thread for it: ") + error.what(), "", question.host});
    }
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!questions_.empty()) {
      const Question question = std::move(questions_.front());
      questions_.pop_front();
      lock.unlock();
      auto found = ask_(question.host, question.port);
      lock.lock();
      answer(question.id, std::move(found));
    }
    --threads_;
  }

  // Under the lock, so that the loop is there.
  void answer(std::uint64_t id, Result<NameResolver::Addresses> found) {
    auto open = open_.extract(id);
    if (open.empty()) return;  // abandoned
    boost::asio::post(*loop_, [done = std::move(open.mapped().done), found = std::move(found)]() mutable {
      done(std::move(found));
    });
  }

  const BlockingLookup ask_;
  std::mutex mutex_;
  boost::asio::io_context* loop_;   // not owned; null when abandoned
  std::deque<Question> questions_;  // no thread took them yet
  std::map<std::uint64_t, Open> open_;
  std::uint64_t last_id_ = 0;
  unsigned threads_ = 0;
};

// Abandons with its last copy.
class Owner {
 public:
  explicit Owner(std::shared_ptr<LookupThreads> threads) : threads_(std::move(threads)) {}
  Owner(const Owner&) = delete;
  Owner& operator=(const Owner&) = delete;
  ~Owner() { threads_->abandon(); }
  LookupThreads& threads() const { return *threads_; }

 private:
  const std::shared_ptr<LookupThreads> threads_;
};

}  // namespace

NameResolver::Lookup lookup_in_threads(boost::asio::io_context& loop, BlockingLookup ask) {
  auto owner = std::make_shared<const Owner>(std::make_shared<LookupThreads>(loop, std::move(ask)));
  return [owner = std::move(owner)](const std::string& host, std::uint16_t port, LookupDone done) {
    owner->threads().add(host, port, std::move(done));
  };
}

}  // namespace demo
