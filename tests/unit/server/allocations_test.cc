#include <gtest/gtest.h>

#include <array>

#include "allocation_count.h"
#include "net/accept_throttle.h"
#include "net/acceptor.h"
#include "server_rig.h"

// At steady state neither a request nor a connection allocates memory.

namespace demo {
namespace {

class Allocations : public ServerRig {
 protected:
  // Sends and reads without allocating, as the count covers the whole process.
  void exchange(int fd, std::string_view request, std::size_t response_bytes) {
    ASSERT_EQ(::send(fd, request.data(), request.size(), MSG_NOSIGNAL), static_cast<ssize_t>(request.size()));
    std::size_t got = 0;
    for (int i = 0; i < 100'000 && got < response_bytes; ++i) {
      turns.turn();
      const ssize_t n = ::recv(fd, space_.data(), space_.size(), MSG_DONTWAIT);
      if (n > 0) got += static_cast<std::size_t>(n);
    }
    ASSERT_EQ(got, response_bytes);
  }
  std::size_t size_of_answer(std::string_view request) {
    Client client = connect();
    client.send(request);
    EXPECT_TRUE(turns.until([&] { return page->worker.requests.get() > 0; }));
    turns.settle();
    client.read();
    return client.received().size();
  }
  void expect_none_per_request(std::string_view request) {
    const std::size_t size = size_of_answer(request);
    Client client = connect();
    for (int i = 0; i < 3; ++i) exchange(client.fd(), request, size);
    const std::uint64_t before = allocation_count();
    for (int i = 0; i < 100; ++i) exchange(client.fd(), request, size);
    EXPECT_EQ(allocation_count(), before) << request.substr(0, 40);
  }

  std::array<char, 65536> space_;
};

TEST_F(Allocations, CountCounts) {
  const std::uint64_t before = allocation_count();
  const std::unique_ptr<std::uint64_t> one = std::make_unique<std::uint64_t>(before);
  EXPECT_EQ(allocation_count(), *one + 1);
}

TEST_F(Allocations, NonePerRequest) { expect_none_per_request(kGet); }

TEST_F(Allocations, NonePerPipelinedRequest) {
  std::string requests;
  for (int i = 0; i < 16; ++i) requests += kGet;
  expect_none_per_request(requests);
}

TEST_F(Allocations, NonePerRequestWithABody) {
  expect_none_per_request(kPost);
  expect_none_per_request(kChunked);
}

TEST_F(Allocations, NonePerShapedRequest) {
  expect_none_per_request("GET /?r=404&s=100 HTTP/1.1\r\nHost: test\r\n\r\n");
  expect_none_per_request("GET /?s=20k HTTP/1.1\r\nHost: test\r\n\r\n");
}

TEST_F(Allocations, NonePerRequestThatComesInPieces) {
  const std::size_t size = size_of_answer(kGet);
  Client client = connect();
  const auto in_pieces = [&] {
    exchange(client.fd(), kGet.substr(0, 10), 0);
    turns.settle();
    exchange(client.fd(), kGet.substr(10), size);
  };
  for (int i = 0; i < 3; ++i) in_pieces();
  const std::uint64_t before = allocation_count();
  for (int i = 0; i < 50; ++i) in_pieces();
  EXPECT_EQ(allocation_count(), before);
}

TEST_F(Allocations, NonePerRawAnswer) {
  listener.taker = &raw;
  expect_none_per_request("anything");
}

TEST_F(Allocations, NonePerConnection) {
  AcceptThrottle throttle(turns.loop(), budget, page->worker);
  Acceptor acceptor(turns.loop(), throttle, listener, 1, server.copy(), false);
  ASSERT_TRUE(acceptor.resume());
  const std::size_t size = size_of_answer(kGetClose);
  const auto short_connection = [&] {
    Client client = server.connect();
    exchange(client.fd(), kGetClose, size);
    client.close();
    for (int i = 0; i < 100'000 && listener.connections() > 0; ++i) turns.turn();
  };
  for (int i = 0; i < 10; ++i) short_connection();
  const std::uint64_t before = allocation_count();
  for (int i = 0; i < 100; ++i) short_connection();
  EXPECT_EQ(allocation_count(), before);
  EXPECT_EQ(listener.connections(), 0U);
}

}  // namespace
}  // namespace demo
