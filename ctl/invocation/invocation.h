#pragma once

#include <google/protobuf/message.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/sheet.h"
#include "invocation/console.h"
#include "invocation/settings.h"
#include "rpc_call/api_channel.h"
#include "verb/parser.h"

namespace demo::ctl {

// What a command runs with: the settings, the console and the way to the daemon. Owns the channels, borrows
// the rest.
class Invocation {
 public:
  Invocation(const Settings& settings, Console& console, const CommandTable& table)
      : settings_(settings), console_(console), table_(table) {}

  const Settings& settings() const { return settings_; }
  Console& console() { return console_; }
  const CommandTable& table() const { return table_; }

  // The channel for what the request needs. Throws a Failure when there is no way to the daemon.
  ApiChannel& channel_for(const google::protobuf::Message& request);

  // Calls the RPC of the request. The deadline is --timeout, without it `patience`. Throws a Failure.
  void call(const google::protobuf::Message& request, google::protobuf::Message& response,
            std::chrono::milliseconds patience = kPatience);

  // Prints rows the way the settings ask for. `whole` is what json prints, `items` (one a row) what jsonl
  // prints; with
  // --fields both print the columns instead.
  void print(Sheet sheet, const google::protobuf::Message& whole,
             const std::vector<const google::protobuf::Message*>& items);

  // The same for rows that are no message of the API: json and jsonl print the columns.
  void print_rows(Sheet sheet);

  // The same for rows that are always a table, as wide as the settings and the console allow.
  void print_table(const Sheet& sheet);

  // Whether results are for a program: json or jsonl.
  bool prints_json() const {
    return settings_.output == Output::kJson || settings_.output == Output::kJsonLines;
  }
  // Whether they are for people: a table.
  bool prints_table() const {
    return settings_.output == Output::kTable || settings_.output == Output::kWide;
  }
  // Prints the message as json or jsonl asks for. Throws a usage Failure for --sort: it has no rows to order.
  void print_json(const google::protobuf::Message& message);

  static constexpr std::chrono::seconds kPatience{10};

 private:
  // Throws a usage Failure when there is --sort, of an answer that is printed as it is; instead: what to do.
  void refuse_order(std::string_view instead) const;

  const Settings& settings_;
  Console& console_;
  const CommandTable& table_;
  std::unique_ptr<ApiChannel> reading_;
  std::unique_ptr<ApiChannel> changing_;
};

}  // namespace demo::ctl
