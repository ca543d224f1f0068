#include <fmt/format.h>

#include <map>
#include <string>

#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "values/field_value.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

class Keepalive : public ChangeCommand<api::SetKeepaliveRequest, api::SetKeepaliveResponse> {
 public:
  Keepalive()
      : ChangeCommand(
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
    for (const char* name : {"idle_timeout", "max_requests"}) {
      const std::string field = std::string("client.") + name;
      const api::Setting& setting = setting_of(*request_.GetDescriptor(), field);
      option(
          setting.option(), field_placeholder(request_, field), help_of(name, setting),
          [this, name, field](const std::string& text) { values_[name] = valid(field, text); }, name);
    }
    change_options();
  }

 protected:
  void check() override {
    if (side_ == "backend" && values_.contains("max_requests")) {
      throw usage_failure("--max-requests is for the client side");
    }
    if (side_ != "backend") fill("client");
    if (side_ != "client") fill("backend");
  }

 private:
  // With the defaults of both sides where these are not the same.
  std::string help_of(const std::string& name, api::Setting setting) const {
    const google::protobuf::Descriptor& type = *request_.GetDescriptor();
    if (api::BackendKeepalive::descriptor()->FindFieldByName(name) != nullptr) {
      const std::string& other = setting_of(type, "backend." + name).default_();
      if (other != setting.default_()) {
        setting.set_default_(fmt::format("{} for clients, {} for backends", setting.default_(), other));
      }
    }
    return setting_help(setting, field_at(type, "client." + name));
  }

  // Refused where it stands, so that the option is named; which side it is for is known later.
  static std::string valid(std::string_view field, const std::string& text) {
    api::SetKeepaliveRequest trial;
    set_field(trial, field, text);
    return text;
  }

  void fill(const std::string& side) {
    set_field(request_, side + ".enabled", state_);
    for (const auto& [name, text] : values_) {
      if (side == "client" || name != "max_requests")
        set_field(request_, fmt::format("{}.{}", side, name), text);
    }
  }

  std::string state_;
  std::string side_ = "client";
  std::map<std::string, std::string> values_;  // what is set beside that, by the name of its field
};

}  // namespace

std::unique_ptr<Command> keepalive() { return std::make_unique<Keepalive>(); }

}  // namespace demo::ctl
