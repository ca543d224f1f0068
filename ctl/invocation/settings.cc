#include "invocation/settings.h"

#include <fmt/format.h>

#include "failure.h"
#include "format/column_choice.h"
#include "text/meant_duration.h"
#include "values/duration_text.h"

namespace demo::ctl {
namespace {

std::chrono::milliseconds parse_timeout(const std::string& text) {
  const auto nanoseconds = parse_duration(text);
  if (!nanoseconds || *nanoseconds < 1'000'000) {
    throw usage_failure(fmt::format("\"{}\" is not a duration of at least 1ms such as 500ms or 30s{}", text,
                                    text::did_you_mean_duration(text)));
  }
  return std::chrono::milliseconds(*nanoseconds / 1'000'000);
}

}  // namespace

std::vector<Argument> global_arguments(Settings& settings) {
  const auto into = [](std::string& value) { return [&value](const std::string& text) { value = text; }; };
  return {
      {.name = "-o,--output",
       .placeholder = std::string(kOutputWords),
       .help = "how results are printed (default table); toml is for config show",
       .take = [&settings](const std::string& text) { settings.output = parse_output(text); }},
      {.name = "--fields",
       .placeholder = "COLUMN,...",
       .help = "only these columns, in this order",
       .take = [&settings](const std::string& text) { settings.fields = parse_columns(text); }},
      {.name = "--sort",
       .placeholder = "COLUMN",
       .help = "order of the rows, COLUMN:asc or COLUMN:desc for the largest first",
       .take = [&settings](const std::string& text) { settings.sort = order_text(parse_order(text)); }},
      {.name = "--target",
       .placeholder = "TARGET",
       .help =
           "the daemon: unix:///path or host:port (default $DEMOCTL_TARGET, then the daemon's own socket)",
       .take = into(settings.target),
       .of_connection = true},
      {.name = "--timeout",
       .placeholder = "DURATION",
       .help = "give up on an answer after this (default 10s, longer for verbs that wait), and on a sample "
               "that is so late; at least 1ms",
       .take = [&settings](const std::string& text) { settings.timeout = parse_timeout(text); },
       .of_connection = true},
      {.name = "--tls-ca",
       .placeholder = "FILE",
       .help = "certificates that vouch for a host:port target, PEM",
       .take = into(settings.tls.ca),
       .of_connection = true},
      {.name = "--tls-cert",
       .placeholder = "FILE",
       .help = "own certificate, PEM",
       .take = into(settings.tls.certificate),
       .of_connection = true},
      {.name = "--tls-key",
       .placeholder = "FILE",
       .help = "its key, PEM",
       .take = into(settings.tls.key),
       .of_connection = true},
      {.name = "--tls-server-name",
       .placeholder = "NAME",
       .help = "name in the daemon's certificate when it is not the host",
       .take = into(settings.tls.server_name),
       .of_connection = true},
  };
}

}  // namespace demo::ctl
