#include "json/write_message.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>

#include "demo/control/v1/monitor.pb.h"
#include "json/quote.h"
#include "json/read_message.h"

namespace demo::json {
namespace {

namespace pb = control::v1;
using google::protobuf::util::MessageDifferencer;
using testing::HasSubstr;

std::string line(const google::protobuf::Message& message) {
  return write_message(message, Layout::kOneLine);
}

TEST(WriteMessage, SpellsEveryKindOfValueAsPeopleDo) {
  pb::Config config;
  config.set_accept_mode(pb::ACCEPT_MODE_REUSEPORT_CPU);
  config.set_max_connections(UINT64_MAX);
  config.mutable_workers()->add_cores(3);
  config.mutable_client_timeouts()->mutable_head()->set_seconds(90);
  config.mutable_client_timeouts()->mutable_body()->set_nanos(50'000);
  config.mutable_response()->set_body("OK\n");
  config.mutable_response()->set_shaping(true);
  EXPECT_EQ(line(config), R"({"workers":{"cores":[3]},"accept_mode":"reuseport-cpu",)"
                          R"("client_timeouts":{"head":"90s","body":"50us"},)"
                          R"("response":{"body":"OK\n","headers":[],"shaping":true},)"
                          R"("max_connections":18446744073709551615,"listeners":[],"pools":[]})");
}

TEST(WriteMessage, HasZeroesWhereThereIsNoPresence) {
  pb::GetStatusResponse status;
  status.mutable_started()->set_seconds(1'714'564'800);
  const std::string json = line(status);
  EXPECT_THAT(json, HasSubstr(R"("generation":0,"pid":0,"started":"2024-05-01T12:00:00Z","degraded":false)"));
  EXPECT_THAT(json, HasSubstr(R"("accept_mode":"unknown")"));
}

TEST(WriteMessage, SpellsAScalarAsWhatItIsAndReadsItBack) {
  pb::SocketOption option;
  option.set_name("x");
  option.mutable_requested()->set_number_value(65536);
  option.mutable_effective()->set_bool_value(true);
  const std::string json = R"({"name":"x","error":"","requested":65536,"effective":true})";
  EXPECT_EQ(line(option), json);
  pb::SocketOption read;
  EXPECT_TRUE(read_message(json, read).problems.empty());
  EXPECT_TRUE(MessageDifferencer::Equals(option, read));
  // As it was written before there were numbers.
  EXPECT_TRUE(read_message(R"({"requested": "77"})", read).problems.empty());
  EXPECT_EQ(read.requested().string_value(), "77");
  EXPECT_FALSE(read_message(R"({"requested": [1]})", read).problems.empty());
}

TEST(WriteMessage, SpellsBytesThatAreNoTextInBase64) {
  pb::Response response;
  response.set_body(std::string("\xff\0", 2));
  EXPECT_EQ(line(response), R"({"body":{"base64": "/wA="},"headers":[]})");
}

TEST(WriteMessage, WritesTheNumberOfAnEnumOfALaterVersion) {
  pb::WorkerStatus worker;
  worker.set_state(static_cast<pb::WorkerState>(77));
  EXPECT_THAT(line(worker), HasSubstr(R"("state":77)"));
}

TEST(WriteMessage, IndentsForPeople) {
  pb::Forwarding forwarding;
  EXPECT_EQ(write_message(forwarding, Layout::kIndented), "{}");
  forwarding.set_via(true);
  EXPECT_EQ(write_message(forwarding, Layout::kIndented), "{\n  \"via\": true\n}");
}

TEST(WriteMessage, IsReadBack) {
  pb::GetConfigResponse written;
  pb::Config& config = *written.mutable_running();
  config.set_log_level(pb::LOG_LEVEL_DEBUG);
  config.mutable_response()->set_body(std::string("\x80 binary", 8));
  config.mutable_client_timeouts()->mutable_head()->set_seconds(
      86'400'000'000);  // more than nanoseconds hold
  config.mutable_client_timeouts()->mutable_body()->set_nanos(1);
  config.mutable_client_timeouts()->mutable_write()->set_nanos(-500'000'000);
  config.set_accept_mode(pb::ACCEPT_MODE_UNSPECIFIED);
  pb::Listener& listener = *config.add_listeners();
  listener.set_address("unix:/a\"b\\c\u202e\x1b\u00e4");
  listener.mutable_kernel()->set_backlog(-1);
  written.add_differences_from_file("+ \"x\"");
  written.set_generation(UINT64_MAX);
  for (const Layout layout : {Layout::kIndented, Layout::kOneLine}) {
    pb::GetConfigResponse read;
    const Reading reading = read_message(write_message(written, layout), read);
    ASSERT_TRUE(reading.problems.empty()) << reading.problems[0].text();
    EXPECT_TRUE(MessageDifferencer::Equals(written, read)) << read.DebugString();
  }
}

TEST(Quote, EscapesWhatCouldSteerATerminal) {
  EXPECT_EQ(quote("a\"b\\c\u00e4"), "\"a\\\"b\\\\c\u00e4\"");
  EXPECT_EQ(quote("\n\t\r\x1b\x7f"), R"("\n\t\r\u001b\u007f")");
  EXPECT_EQ(quote("\u0085\u202e"), R"("\u0085\u202e")");
  EXPECT_EQ(quote("\xff"), R"("\ufffd")");
}

}  // namespace
}  // namespace demo::json
