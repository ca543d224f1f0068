#include <optional>
#include <string>

#include "cmd/commands.h"
#include "cmd/mutation.h"
#include "demo/control/v1/settings.pb.h"
#include "values/field_value.h"

namespace demo::ctl {
namespace {

class Keepalive : public Mutation<api::SetKeepaliveRequest, api::SetKeepaliveResponse> {
 public:
  Keepalive()
      : Mutation(
            {.name = "keepalive",
             .chapter = Chapter::kTraffic,
             .summary = "turn persistent connections on or off",
             .details =
                 "Off for clients: every response from now on says close, idle connections close at once, "
                 "none is cut off inside a response. Off for backends: every request opens a connection "
                 "of its own.",
             .examples = {{"keepalive on --idle-timeout 15s --max-requests 1000",
                           "clients may send up to 1000 requests a connection"},
                          {"keepalive off --side backend", "no pooled connections with backends"}}}) {
    positional("on|off", "on or off",
               [this](const std::string& text) { state_ = valid("client.enabled", text); });
    word_option("--side", {"client", "backend", "both"}, "connections with whom (default client)",
                [this](const std::string& side) { side_ = side; });
    option(
        "--idle-timeout", "DURATION", "close a connection that is idle for this long",
        [this](const std::string& text) { idle_timeout_ = valid("client.idle_timeout", text); },
        "idle_timeout");
    option(
        "--max-requests", "N", "client side: requests of one connection, 0 for no limit",
        [this](const std::string& text) { max_requests_ = valid("client.max_requests", text); },
        "max_requests");
    change_options();
  }

 protected:
  void check() override {
    if (side_ != "backend") fill("client");
    if (side_ != "client") fill("backend");
    if (max_requests_ && side_ == "backend") throw usage_failure("--max-requests is for the client side");
    if (max_requests_) set_field(request_, "client.max_requests", *max_requests_);
  }

 private:
  // Refused where it stands, so that the option is named; which side it is for is known later.
  static std::string valid(std::string_view field, const std::string& text) {
    api::SetKeepaliveRequest trial;
    set_field(trial, field, text);
    return text;
  }

  void fill(const std::string& side) {
    set_field(request_, side + ".enabled", state_);
    if (idle_timeout_) set_field(request_, side + ".idle_timeout", *idle_timeout_);
  }

  std::string state_;
  std::string side_ = "client";
  std::optional<std::string> idle_timeout_;
  std::optional<std::string> max_requests_;
};

}  // namespace

std::unique_ptr<Command> keepalive() { return std::make_unique<Keepalive>(); }

}  // namespace demo::ctl
