#include "control/doorman.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <mutex>
#include <string>
#include <vector>

#include "base/log.h"

namespace demo {
namespace {

using testing::ElementsAre;

std::mutex& lines_mutex() {
  static std::mutex mutex;
  return mutex;
}
std::vector<std::string>& lines() {
  static std::vector<std::string> kept;
  return kept;
}
std::vector<std::string> lines_so_far() {
  const std::lock_guard lock(lines_mutex());
  return lines();
}

TEST(Doorman, WaitsBesideASocketThatCannotAcceptAndGoesOnOnceItCan) {
  set_log_sink([](LogLevel, std::string_view line) {
    const std::lock_guard lock(lines_mutex());
    lines().emplace_back(line);
  });
  // It does not listen: readable, and accept(2) fails with what is no shortage.
  const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  ASSERT_EQ(::bind(socket.get(), any, size), 0);
  ASSERT_EQ(::getsockname(socket.get(), any, &size), 0);
  std::promise<UniqueFd> passed;
  auto doorman =
      Doorman::open(socket.get(), "door", {}, [&](int fd) { passed.set_value(UniqueFd(fd)); }).value();
  while (lines_so_far().empty()) std::this_thread::yield();
  ASSERT_EQ(::listen(socket.get(), 1), 0);
  const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), any, size), 0);
  EXPECT_TRUE(passed.get_future().get());
  doorman->close();
  set_log_sink(stderr_sink);
  EXPECT_THAT(lines_so_far(), ElementsAre("door: cannot accept a connection: Invalid argument"));
}

}  // namespace
}  // namespace demo
