#include "control/connections/client_relay.h"

#include <sys/stat.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <memory>
#include <string_view>
#include <thread>
#include <utility>

#include "base/clock.h"
#include "base/limits.h"
#include "base/log_limit.h"
#include "control/connections/frame_budget.h"
#include "control/connections/relayed_connection.h"
#include "control/connections/reserved_descriptors.h"

namespace demo {
namespace {

ino_t inode_of(int fd) {
  struct stat found {};
  return ::fstat(fd, &found) == 0 ? found.st_ino : 0;
}

}  // namespace

// Where the bytes are copied. Of its thread, once that runs.
struct ClientRelay::Loop {
  Loop() : work(boost::asio::make_work_guard(context)), thread([this] { context.run(); }) {}
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop() {
    context.stop();
    thread.join();
  }

  std::map<uid_t, FrameBudget> budgets;  // of every user that ever came
  LogLimit refused_log;
  boost::asio::io_context context{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work;
  std::thread thread;
};

ClientRelay::ClientRelay() : loop_(std::make_unique<Loop>()) {}

ClientRelay::~ClientRelay() = default;

UniqueFd ClientRelay::admit(Guest& guest, const std::string& name, unsigned kept) {
  auto [for_grpc, end] = pair_with_reserve(kept);
  if (!for_grpc) return {};
  {
    const std::lock_guard lock(mutex_);
    clients_.insert_or_assign(for_grpc.get(), Client{inode_of(for_grpc.get()), guest.visit});
    ++open_;
  }
  boost::asio::post(loop_->context, [this, guest = std::move(guest), end = std::move(end), name]() mutable {
    open(std::move(guest), std::move(end), name);
  });
  return std::move(for_grpc);
}

std::shared_ptr<Visit> ClientRelay::visit_of(int fd) const {
  const std::lock_guard lock(mutex_);
  const auto found = clients_.find(fd);
  if (found == clients_.end() || found->second.inode != inode_of(fd)) return nullptr;
  return found->second.visit;
}

void ClientRelay::finish(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  all_left_.wait_for(lock, patience, [this] { return open_ == 0; });
}

void ClientRelay::open(Guest guest, UniqueFd end, const std::string& name) {
  const uid_t user = guest.visit->client().uid;
  const auto refused = [this, user, name](std::string_view reason) {
    loop_->refused_log.log(monotonic_ns(), LogLevel::kWarning, "{}: a connection of uid {} is ended: {}",
                           name, user, reason);
  };
  const auto leave = [this](RelayedConnection* connection) {
    delete connection;
    left();
  };
  const std::shared_ptr<RelayedConnection> connection(
      new RelayedConnection(loop_->context, loop_->budgets[user], refused), leave);
  connection->start(std::move(guest.connection), std::move(end));
  if (!guest.visit->refusal().empty()) connection->end_after(limits::kControlToldTimeout);
  guest.visit->on_end([context = &loop_->context, weak = std::weak_ptr(connection)] {
    boost::asio::post(*context, [weak] {
      if (const auto open = weak.lock()) open->close();
    });
  });
}

void ClientRelay::left() {
  const std::lock_guard lock(mutex_);
  if (--open_ == 0) all_left_.notify_all();
}

}  // namespace demo
