#include "rpc_call/target.h"

#include <gtest/gtest.h>

#include <map>

#include "failure.h"

namespace demo::ctl {
namespace {

constexpr const char* kSystem = "/run/demo-server/control.sock";
constexpr const char* kSystemMonitor = "/run/demo-server/monitor.sock";
constexpr const char* kUser = "/run/user/7/demo-server/control.sock";

SocketProbe files(std::map<std::string, SocketState> states) {
  return [states](const std::string& path) {
    const auto found = states.find(path);
    return found == states.end() ? SocketState::kMissing : found->second;
  };
}

template <typename Call>
std::pair<ExitCode, std::string> failure_of_call(Call call) {
  try {
    call();
  } catch (const Failure& failure) {
    return {failure.code(), failure.message()};
  }
  return {ExitCode::kDone, ""};
}

TEST(Target, PrefersTheSystemsSocket) {
  const auto probe = files({{kSystem, SocketState::kUsable}, {kUser, SocketState::kUsable}});
  EXPECT_EQ(choose_socket(default_sockets("/run/user/7"), Access::kChange, probe).path, kSystem);
}

TEST(Target, UsesTheUsersOwnDaemonWhenTheSystemHasNone) {
  EXPECT_EQ(
      choose_socket(default_sockets("/run/user/7"), Access::kChange, files({{kUser, SocketState::kUsable}}))
          .path,
      kUser);
}

TEST(Target, ReadsThroughTheMonitorSocketWhenTheControlSocketIsDenied) {
  const auto probe = files({{kSystem, SocketState::kDenied}, {kSystemMonitor, SocketState::kUsable}});
  EXPECT_EQ(choose_socket(default_sockets(""), Access::kRead, probe).path, kSystemMonitor);
  const auto [code, message] =
      failure_of_call([&] { choose_socket(default_sockets(""), Access::kChange, probe); });
  EXPECT_EQ(code, ExitCode::kDenied);
  EXPECT_NE(message.find(kSystem), std::string::npos);
}

TEST(Target, NamesEverySocketThatItLookedFor) {
  const auto [code, message] =
      failure_of_call([&] { choose_socket(default_sockets("/run/user/7"), Access::kRead, files({})); });
  EXPECT_EQ(code, ExitCode::kUnreachable);
  EXPECT_NE(message.find(std::string(kSystem) + " or " + kUser), std::string::npos);
  EXPECT_NE(message.find("--target"), std::string::npos);
}

TEST(Target, ReadsTheFormsOfAUnixPath) {
  for (const char* text : {"unix:///tmp/x.sock", "unix:/tmp/x.sock", "/tmp/x.sock"}) {
    EXPECT_EQ(parse_target(text, {}).path, "/tmp/x.sock") << text;
  }
  EXPECT_EQ(parse_target("/tmp/x.sock", {}).text(), "unix:///tmp/x.sock");
}

TEST(Target, SpeaksInTheClearToThisHostAlone) {
  EXPECT_EQ(parse_target("127.0.0.1:7443", {}).host_port, "127.0.0.1:7443");
  EXPECT_EQ(parse_target("[::1]:7443", {}).host_port, "[::1]:7443");
  const auto [code, message] = failure_of_call([] { parse_target("10.0.0.2:7443", {}); });
  EXPECT_EQ(code, ExitCode::kUsage);
  EXPECT_NE(message.find("--tls-ca"), std::string::npos);
}

TEST(Target, WantsAllTlsFilesOrNone) {
  const TlsFiles one{.ca = "ca.pem", .certificate = "", .key = "", .server_name = ""};
  EXPECT_EQ(failure_of_call([&] { parse_target("10.0.0.2:7443", one); }).first, ExitCode::kUsage);
  const TlsFiles all{.ca = "ca.pem", .certificate = "me.pem", .key = "me.key", .server_name = ""};
  EXPECT_EQ(parse_target("10.0.0.2:7443", all).tls.key, "me.key");
  EXPECT_EQ(failure_of_call([&] { parse_target("/tmp/x.sock", all); }).first, ExitCode::kUsage);
}

TEST(Target, RefusesWhatIsNoTarget) {
  for (const char* text :
       {"", "localhost", "localhost:", ":80", "localhost:0", "localhost:99999", "unix:tmp"}) {
    EXPECT_EQ(failure_of_call([&] { parse_target(text, {}); }).first, ExitCode::kUsage) << text;
  }
}

}  // namespace
}  // namespace demo::ctl
