#include "supervisor/listening/socket_diagnosis.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <vector>

#include "base/diagnosis_socket.h"
#include "supervisor/listening/listener_socket.h"
#include "unit/descriptor_limit.h"
#include "unit/own_network.h"

namespace demo {
namespace {

using testing::SizeIs;

ListenerSocket listening_somewhere() {
  Listener listener;
  listener.address = *Address::parse("127.0.0.1:0");
  return std::move(*open_listener_socket(listener, listener.address));
}

// Puts a question that nobody reads the answer of: about all listening sockets, or about one that is not
// there.
void leave_question(int netlink, bool about_all) {
  struct {
    nlmsghdr header;
    inet_diag_req_v2 request;
  } query{};
  query.header.nlmsg_len = sizeof query;
  query.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  query.header.nlmsg_flags = static_cast<__u16>(NLM_F_REQUEST | (about_all ? NLM_F_DUMP : 0));
  query.header.nlmsg_seq = 7;
  query.request.sdiag_family = AF_INET;
  query.request.sdiag_protocol = IPPROTO_TCP;
  query.request.idiag_states = 1U << TCP_LISTEN;
  ASSERT_EQ(::send(netlink, &query, sizeof query, 0), static_cast<ssize_t>(sizeof query));
}

class SocketDiagnosisTest : public testing::Test {
 protected:
  // Whether it sees the one socket that listens on its port, and nothing else.
  bool sees_the_listener() {
    const auto sockets = diagnosis_.listening_on(listener_.bound.port());
    return sockets && sockets->size() == 1 && sockets->front().claim.address == listener_.bound;
  }

  ListenerSocket listener_ = listening_somewhere();
  SocketDiagnosis diagnosis_;
};

TEST_F(SocketDiagnosisTest, AsksOnThePassedSocketWhereItCanOpenNone) {
  SocketDiagnosis own;
  UniqueFd passed = open_diagnosis_socket();
  const int number = passed.get();
  ASSERT_TRUE(diagnosis_.use(std::move(passed)));
  const NoDescriptors none_can_be_opened;
  EXPECT_FALSE(own.listening_on(listener_.bound.port()));
  EXPECT_FALSE(own.ports_with_open_handshakes());
  EXPECT_TRUE(sees_the_listener());
  EXPECT_TRUE(diagnosis_.ports_with_open_handshakes());
  EXPECT_EQ(diagnosis_.fd(), number);
}

TEST_F(SocketDiagnosisTest, OpensItsOwnOnceWhereNoneWasPassed) {
  EXPECT_EQ(diagnosis_.fd(), -1);
  EXPECT_TRUE(sees_the_listener());
  const int own = diagnosis_.fd();
  EXPECT_TRUE(is_diagnosis_socket(own));
  EXPECT_TRUE(sees_the_listener());
  EXPECT_EQ(diagnosis_.fd(), own);
}

TEST_F(SocketDiagnosisTest, TellsTheAnswerFromOneThatAnEarlierProcessDidNotRead) {
  const ListenerSocket other = listening_somewhere();
  UniqueFd passed = open_diagnosis_socket();
  leave_question(passed.get(), true);
  ASSERT_TRUE(diagnosis_.use(std::move(passed)));
  EXPECT_TRUE(sees_the_listener());
}

TEST_F(SocketDiagnosisTest, GoesOnWhereTheAnswerIsSoLongThatTheKernelHasNotGivenAllOfIt) {
  // More than the kernel gives at once, 32 KiB.
  std::vector<ListenerSocket> many;
  for (int i = 0; i < 600; ++i) many.push_back(listening_somewhere());
  UniqueFd passed = open_diagnosis_socket();
  leave_question(passed.get(), true);
  ASSERT_TRUE(diagnosis_.use(std::move(passed)));
  EXPECT_TRUE(sees_the_listener());
  EXPECT_THAT(*diagnosis_.listening_on(0), SizeIs(testing::Ge(601U)));
}

TEST_F(SocketDiagnosisTest, ReadsSoMuchAtATimeOfWhatNobodyWants) {
  UniqueFd passed = open_diagnosis_socket();
  for (int i = 0; i < 100; ++i) leave_question(passed.get(), false);
  ASSERT_TRUE(diagnosis_.use(std::move(passed)));
  EXPECT_FALSE(diagnosis_.listening_on(listener_.bound.port()));
  EXPECT_TRUE(sees_the_listener());
}

TEST_F(SocketDiagnosisTest, ClosesWhatIsNoSuchSocketAndOpensItsOwn) {
  std::vector<UniqueFd> others;
  others.emplace_back(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  others.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  others.emplace_back(::memfd_create("diag", MFD_CLOEXEC));
  for (UniqueFd& other : others) {
    const int number = other.get();
    ASSERT_GE(number, 0);
    EXPECT_FALSE(diagnosis_.use(std::move(other)));
    EXPECT_LT(::fcntl(number, F_GETFD), 0);
  }
  EXPECT_FALSE(diagnosis_.use(UniqueFd()));
  EXPECT_TRUE(sees_the_listener());
}

TEST_F(SocketDiagnosisTest, RefusesOneThatTellsOfAnotherNetwork) {
  UniqueFd passed;
  if (!test::in_own_network("true", [&] { passed = open_diagnosis_socket(); })) {
    GTEST_SKIP() << test::kNoOwnNetwork;
  }
  EXPECT_FALSE(diagnosis_.use(std::move(passed)));
  EXPECT_TRUE(sees_the_listener());
}

}  // namespace
}  // namespace demo
