#include "invocation/invocation.h"

#include <fmt/format.h>

#include <cstdlib>
#include <numeric>
#include <ostream>

#include "demo/control/v1/mutation.pb.h"
#include "failure.h"
#include "format/csv.h"
#include "format/json.h"
#include "format/table.h"
#include "invocation/api.h"
#include "values/request_text.h"

namespace demo::ctl {
namespace {

Target target_for(const Settings& settings, Access access) {
  const std::string named =
      settings.target.empty() ? std::string(environment("DEMOCTL_TARGET")) : settings.target;
  if (named.empty() && settings.tls.any()) {
    throw usage_failure("the --tls options are for a --target of the form host:port, and none is given");
  }
  if (named.empty())
    return choose_socket(default_sockets(std::string(environment("XDG_RUNTIME_DIR"))), access, probe_socket);
  Target target = parse_target(named, settings.tls);
  return target.is_unix() ? choose_socket({target.path}, access, probe_socket) : target;
}

bool is_dry_run(const google::protobuf::Message& request) {
  const auto* const field = request.GetDescriptor()->FindFieldByName("options");
  if (field == nullptr || field->message_type() != api::MutationOptions::descriptor()) return false;
  const google::protobuf::Message& options = request.GetReflection()->GetMessage(request, field);
  return static_cast<const api::MutationOptions&>(options).dry_run();
}

TableShape shape_for(const Settings& settings, const Console& console) {
  if (settings.output == Output::kWide || console.unbounded) return {.width = std::nullopt};
  return {.width = console.columns, .cut = console.terminal};
}

}  // namespace

ApiChannel& Invocation::channel_for(const google::protobuf::Message& request) {
  require_utf8(request);
  require_size(request);
  const Access access = access_of(request);
  // What may change may also read.
  if (access == Access::kRead && changing_ != nullptr) return *changing_;
  std::unique_ptr<ApiChannel>& channel = access == Access::kRead ? reading_ : changing_;
  if (channel == nullptr) channel = ApiChannel::open(target_for(settings_, access));
  return *channel;
}

void Invocation::call(const google::protobuf::Message& request, google::protobuf::Message& response,
                      std::chrono::milliseconds patience) {
  ApiChannel& channel = channel_for(request);
  const CallStatus status = channel.call(request, response, settings_.timeout.value_or(patience));
  if (status.ok()) return;
  // A dry run leaves no doubt about what may still come.
  throw failure_of(status, channel.target(), is_dry_run(request) ? Access::kRead : access_of(request));
}

void Invocation::print(Sheet sheet, const google::protobuf::Message& whole,
                       const std::vector<const google::protobuf::Message*>& items) {
  if (!prints_json() || !settings_.fields.empty()) return print_rows(std::move(sheet));
  if (settings_.output == Output::kJson) {
    refuse_order("use -o jsonl, or choose columns with --fields");
    return print_json(whole);
  }
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (!settings_.sort.empty()) order = row_order(sheet, settings_.sort);
  for (const std::size_t index : order) console_.out << line_json(*items[index]);
}

void Invocation::print_rows(Sheet sheet) {
  if (!settings_.sort.empty()) reorder(sheet, row_order(sheet, settings_.sort));
  if (!settings_.fields.empty()) sheet = with_fields(sheet, settings_.fields);
  switch (settings_.output) {
    case Output::kTable:
    case Output::kWide:
    case Output::kToml:  // refused before it comes here, run()
      print_table(sheet);
      break;
    case Output::kCsv:
      console_.out << render_csv(sheet);
      break;
    case Output::kJson:
      console_.out << rows_json(sheet);
      break;
    case Output::kJsonLines:
      for (const auto& row : sheet.rows) console_.out << row_json(sheet, row) << '\n';
      break;
  }
}

void Invocation::print_table(const Sheet& sheet) {
  console_.out << render_table(sheet, shape_for(settings_, console_));
}

void Invocation::refuse_order(std::string_view instead) const {
  if (settings_.sort.empty()) return;
  throw usage_failure(fmt::format("--sort: -o {} prints the daemon's answer as it is; {}",
                                  settings_.output == Output::kJson ? "json" : "jsonl", instead));
}

void Invocation::print_json(const google::protobuf::Message& message) {
  refuse_order("choose columns with --fields");
  console_.out << (settings_.output == Output::kJsonLines ? line_json(message) : pretty_json(message));
}

}  // namespace demo::ctl
