#include <fmt/format.h>

#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/settings.pb.h"
#include "input_file.h"
#include "json/read_message.h"
#include "text/api_sizes.h"

namespace demo::ctl {
namespace {

void add_header(api::Response& response, const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || colon == 0) {
    throw usage_failure(fmt::format("\"{}\" is not a header field such as \"X-Name: value\"", text));
  }
  const std::size_t value = text.find_first_not_of(" \t", colon + 1);
  api::Header& header = *response.add_headers();
  header.set_name(text.substr(0, colon));
  if (value != std::string::npos) header.set_value(text.substr(value));
}

class SetResponse : public ChangeCommand<api::SetResponseRequest, api::SetResponseResponse> {
 public:
  SetResponse()
      : ChangeCommand(
            {.name = "set-response",
             .chapter = Chapter::kTraffic,
             .summary = "change what server mode answers",
             .details =
                 "Only what is named changes. A body has at most 512 KiB, a pattern 1 GiB. With shaping "
                 "on, a request's query may ask for another size "
                 "(s=20k), status (r=404), delay in milliseconds (t=500), close (c=1) or chunked coding "
                 "(chunked=1).",
             .examples = {{"set-response --body-size 20k", "20 KiB of a pattern"},
                          {"set-response --json '{\"hello\":\"world\"}' --header 'X-A: b'",
                           "a JSON body and a field of its own"},
                          {"set-response --status 503 --text 'come back later'", "refuse politely"},
                          {"set-response --reset headers --reset status", "back to the defaults"}}}) {
    setting_option(request_, "response.status");
    setting_option(request_, "response.content_type");
    option(
        "--text", "TEXT", "the body", [this](const std::string& text) { set_body(text); }, "response.body");
    option(
        "--json", "TEXT", "the body, as application/json",
        [this](const std::string& text) {
          if (const auto problem = json::syntax_problem(text)) throw usage_failure(problem->text());
          set_body(text);
          json_ = true;
        },
        "response.body");
    option(
        "--file", "FILE", "the body, read from a file here, - for standard input",
        [this](const std::string& path) { set_body(read_text(path)); }, "response.body");
    setting_option(request_, "response.body_size");
    repeated_option(
        "--header", "FIELD",
        "an extra field, \"X-Name: value\", of UTF-8 text without control characters; replaces the fields "
        "there "
        "were",
        [this](const std::string& text) { add_header(*request_.mutable_response(), text); },
        "response.headers");
    may_say_the_same_again();
    setting_option(request_, "response.shaping");
    reset_option(request_, "response", {}, "body-size");
    change_options();
  }

 protected:
  void check() override {
    if (bodies_ > 1) throw usage_failure("only one of --text, --json and --file can be the body");
    if (bodies_ == 1 && request_.response().has_body_size()) {
      throw usage_failure("--body-size is instead of a body: leave one of them out");
    }
    if (!request_.has_response() && request_.reset_fields().empty()) {
      throw usage_failure("set-response: name what to change");
    }
    if (json_ && !request_.response().has_content_type() && !resets("response.content_type")) {
      request_.mutable_response()->set_content_type("application/json");
    }
  }

 private:
  void set_body(const std::string& body) {
    if (body.size() > text::kResponseBodyBytes) {
      throw usage_failure(fmt::format("the body has {} bytes: at most {}, and --body-size for longer ones",
                                      body.size(), text::kResponseBodyBytes));
    }
    request_.mutable_response()->set_body(body);
    ++bodies_;
  }

  int bodies_ = 0;
  bool json_ = false;
};

}  // namespace

std::unique_ptr<Command> set_response() { return std::make_unique<SetResponse>(); }

}  // namespace demo::ctl
