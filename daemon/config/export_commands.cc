#include "config/export_commands.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

#include "config/base64.h"
#include "config/shell_word.h"
#include "config/value_text.h"

namespace demo {
namespace {

// A longer body does not fit one argument of execve(2), which has 128 KiB.
constexpr std::size_t kBodyArgumentBytes = 100'000;

// The options whose names do not follow from the field's; the unit is appended to the value.
struct OptionOfField {
  std::string_view path;
  std::string_view option;
  std::string_view unit;
};
constexpr std::array<OptionOfField, 28> kOptions = {{
    {"health.kind", "health", ""},
    {"health.path", "health-path", ""},
    {"health.host", "health-host", ""},
    {"health.expected_status", "health-status", ""},
    {"health.interval", "health-interval", ""},
    {"health.timeout", "health-timeout", ""},
    {"health.rise", "health-rise", ""},
    {"health.fall", "health-fall", ""},
    {"ejection.consecutive_failures", "eject-after", ""},
    {"ejection.base_time", "eject-time", ""},
    {"ejection.max_time", "eject-max-time", ""},
    {"ejection.allow_last", "eject-last", ""},
    {"ejection.statuses", "eject-statuses", ""},
    {"timeouts.connect", "connect-timeout", ""},
    {"timeouts.head", "head-timeout", ""},
    {"timeouts.body", "body-timeout", ""},
    {"timeouts.tunnel", "tunnel-timeout", ""},
    {"timeouts.queue", "queue-timeout", ""},
    {"kernel.defer_accept_s", "defer-accept", "s"},
    {"kernel.busy_poll_us", "busy-poll", "us"},
    {"kernel.keepalive_idle_s", "keepalive-idle", "s"},
    {"kernel.keepalive_interval_s", "keepalive-interval", "s"},
    {"kernel.send_buffer_bytes", "send-buffer", ""},
    {"kernel.receive_buffer_bytes", "receive-buffer", ""},
    {"client_timeouts.head", "head-timeout", ""},
    {"client_timeouts.body", "body-timeout", ""},
    {"client_timeouts.request", "request-timeout", ""},
    {"client_timeouts.write", "write-timeout", ""},
}};

// Options that stand for true alone.
constexpr std::array<std::string_view, 2> kFlags = {"backup", "accept_proxy_protocol"};

struct Argument {
  std::string path;
  std::string text;
};

// Lists the plain values of a section and of the sections in it.
class ArgumentLister {
 public:
  ArgumentLister(std::string prefix, std::vector<Argument>& arguments)
      : prefix_(std::move(prefix)), arguments_(arguments) {}

  template <typename T>
  void operator()(std::string_view name, const T& value, const FieldForm& form = {}) {
    if constexpr (Section<const T>) {
      ArgumentLister inner(fmt::format("{}{}.", prefix_, name), arguments_);
      for_each_field(value, inner);
    } else if constexpr (std::is_same_v<T, std::string>) {
      arguments_.push_back({prefix_ + std::string(name), value});
    } else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::optional<bool>>) {
      const std::string text = value_text(value, form.unit);
      arguments_.push_back({prefix_ + std::string(name), text == "true"    ? "on"
                                                         : text == "false" ? "off"
                                                                           : text});
    } else if constexpr (!SectionList<const T>) {
      arguments_.push_back({prefix_ + std::string(name), value_text(value, form.unit)});
    }
  }

 private:
  std::string prefix_;
  std::vector<Argument>& arguments_;
};

template <typename T>
std::vector<Argument> list_arguments(const T& section, std::string_view prefix) {
  std::vector<Argument> arguments;
  ArgumentLister lister{std::string(prefix), arguments};
  for_each_field(section, lister);
  return arguments;
}

std::string option(const Argument& argument) {
  std::string name = argument.path.substr(argument.path.rfind('.') + 1);
  std::replace(name.begin(), name.end(), '_', '-');
  if (std::find(kFlags.begin(), kFlags.end(), argument.path) != kFlags.end())
    return fmt::format(" --{}", name);
  const auto special = std::find_if(kOptions.begin(), kOptions.end(),
                                    [&](const OptionOfField& known) { return known.path == argument.path; });
  if (special == kOptions.end()) return fmt::format(" --{} {}", name, shell_word(argument.text));
  return fmt::format(" --{} {}", special->option, shell_word(argument.text + std::string(special->unit)));
}

// " --option value" for every value that differs from the default.
template <typename T>
std::string options(const T& defaults, const T& section, std::string_view prefix = "") {
  const std::vector<Argument> before = list_arguments(defaults, prefix);
  const std::vector<Argument> after = list_arguments(section, prefix);
  std::string text;
  for (std::size_t i = 0; i < after.size(); ++i) {
    if (before[i].text != after[i].text) text += option(after[i]);
  }
  return text;
}

using Commands = std::vector<std::string>;

void export_workers(const WorkerPlan& workers, Commands& commands) {
  if (!workers.cores.empty()) {
    commands.push_back(fmt::format("democtl set-workers --cores {}", fmt::join(workers.cores, ",")));
    return;
  }
  if (workers == WorkerPlan{}) return;
  const std::string count = workers.count ? fmt::format(" {}", *workers.count) : "";
  const std::string start =
      workers.start_core == 0 ? "" : fmt::format(" --start-core {}", workers.start_core);
  commands.push_back(fmt::format("democtl set-workers{}{}", count, start));
}

void export_keepalive(const Config& config, Commands& commands) {
  const auto on_off = [](bool enabled) { return enabled ? "on" : "off"; };
  ClientKeepalive client;
  if (config.client_keepalive != client) {
    client.enabled = config.client_keepalive.enabled;
    commands.push_back(fmt::format("democtl keepalive {}{}", on_off(client.enabled),
                                   options(client, config.client_keepalive)));
  }
  BackendKeepalive backend;
  if (config.backend_keepalive != backend) {
    backend.enabled = config.backend_keepalive.enabled;
    commands.push_back(fmt::format("democtl keepalive {} --side backend{}", on_off(backend.enabled),
                                   options(backend, config.backend_keepalive)));
  }
}

void export_response(const Response& response, Commands& commands) {
  const Response defaults;
  if (response.body != defaults.body) {
    if (response.body.size() <= kBodyArgumentBytes && is_plain_text(response.body)) {
      commands.push_back("democtl set-response --text " + shell_word(response.body));
    } else if (response.body.size() <= kBodyArgumentBytes) {
      // No argument holds a NUL. The printf of a shell is no program, and its arguments may be longer.
      commands.push_back(
          fmt::format("printf {} | democtl set-response --file -", printf_word(response.body)));
    } else {
      commands.push_back(
          fmt::format("printf %s {} | base64 -d | democtl set-response --file -", to_base64(response.body)));
    }
  }
  Response rest = response;
  rest.body = defaults.body;
  rest.headers.clear();
  std::string changed = options(defaults, rest);
  for (const auto& [name, value] : response.headers)
    changed += " --header " + shell_word(name + ": " + value);
  if (!changed.empty()) commands.push_back("democtl set-response" + changed);
}

void export_settings(const Config& config, Commands& commands) {
  const Config defaults;
  export_workers(config.workers, commands);
  if (config.accept_mode != defaults.accept_mode) {
    commands.push_back(fmt::format("democtl accept-mode {}", to_string(config.accept_mode)));
  }
  if (config.log_level != defaults.log_level) {
    commands.push_back(fmt::format("democtl debug {}", to_string(config.log_level)));
  }
  std::string limits = options(defaults.client_timeouts, config.client_timeouts, "client_timeouts.");
  if (config.max_connections != 0) limits += fmt::format(" --max-connections {}", config.max_connections);
  if (!limits.empty()) commands.push_back("democtl set-client-limits" + limits);
  export_keepalive(config, commands);
  const std::string forwarding = options(defaults.forwarding, config.forwarding);
  if (!forwarding.empty()) commands.push_back("democtl set-forwarding" + forwarding);
  export_response(config.response, commands);
}

void export_pool(const Pool& pool, Commands& commands) {
  Pool defaults;
  defaults.name = pool.name;
  const std::string settings = options(defaults, pool);
  // A pool without settings of its own comes with its first backend.
  if (!settings.empty() || pool.backends.empty()) {
    commands.push_back(fmt::format("democtl add-pool {}{}", shell_word(pool.name), settings));
  }
  const std::string of_pool = pool.name == Pool{}.name ? "" : " --pool " + shell_word(pool.name);
  for (const Backend& backend : pool.backends) {
    Backend plain;
    plain.endpoint = backend.endpoint;
    commands.push_back(fmt::format("democtl add-backend {}{}{}", shell_word(backend.endpoint.text), of_pool,
                                   options(plain, backend)));
  }
}

// Whether mode auto forwards because its pool had a backend once: of a listener that is added it would be
// decided anew, and it would answer by itself.
bool forwards_from_before(const Config& config, const Listener& listener) {
  const Pool* const pool = find_pool(config, listener.pool);
  return listener.auto_forwards && (pool == nullptr || pool->backends.empty());
}

// elsewhere: an empty pool, for a listener whose own is missing.
void export_listener(const Config& config, const Listener& listener, const std::string& elsewhere,
                     Commands& commands) {
  const std::string address = shell_word(listener.address.to_string());
  Listener plain;
  plain.address = listener.address;
  if (!forwards_from_before(config, listener)) {
    commands.push_back(fmt::format("democtl add-listener {}{}", address, options(plain, listener)));
    return;
  }
  // Mode auto keeps that the listener forwards, as it does when set-listener follows add-backend.
  Listener first = listener;
  first.mode = ListenerMode::kProxy;
  if (find_pool(config, listener.pool) == nullptr) first.pool = elsewhere;
  commands.push_back(fmt::format("democtl add-listener {}{}", address, options(plain, first)));
  const std::string pool = first.pool == listener.pool ? "" : " --pool " + shell_word(listener.pool);
  commands.push_back(fmt::format("democtl set-listener {} --mode auto{}", address, pool));
}

// Of those without a pool each names an empty one for a moment, made for it: any other would be given what
// clients ask meanwhile.
void export_listeners(const Config& config, Commands& commands) {
  const auto lacks_pool = [&](const Listener& listener) {
    return forwards_from_before(config, listener) && find_pool(config, listener.pool) == nullptr;
  };
  std::string elsewhere = "for-a-moment";
  const auto names_it = [&](const Listener& listener) { return listener.pool == elsewhere; };
  while (find_pool(config, elsewhere) != nullptr || std::ranges::any_of(config.listeners, names_it))
    elsewhere += "-";
  const bool needs_one = std::ranges::any_of(config.listeners, lacks_pool);
  if (needs_one) commands.push_back("democtl add-pool " + elsewhere);
  for (const Listener& listener : config.listeners) export_listener(config, listener, elsewhere, commands);
  if (needs_one) commands.push_back("democtl remove-pool " + elsewhere);
}

}  // namespace

std::vector<std::string> export_commands(const Config& config) {
  Commands commands;
  export_settings(config, commands);
  for (const Pool& pool : config.pools) export_pool(pool, commands);
  export_listeners(config, commands);
  return commands;
}

}  // namespace demo
