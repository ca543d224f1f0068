#include "export/export_commands.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "export/shell_word.h"
#include "text/base64.h"
#include "values/field_value.h"
#include "values/setting.h"

namespace demo::ctl {
namespace {

using google::protobuf::Message;
using Commands = std::vector<std::string>;

// A longer body does not fit one argument of execve(2), which has 128 KiB.
constexpr std::size_t kBodyArgumentBytes = 100'000;

// The value of the field where it is not its default.
std::optional<std::string> changed(const Message& message, const std::string& path) {
  const api::Setting& setting = setting_of(*message.GetDescriptor(), path);
  std::optional<std::string> text = field_text(message, path);
  if (text && setting.has_default_() && *text == setting.default_()) return std::nullopt;
  return text;
}

// " --option value" for every value of the message, and of those in it, that is not its default.
std::string options(const Message& message) {
  std::string text;
  for (const std::string& path : setting_paths(*message.GetDescriptor())) {
    const std::string& option = setting_of(*message.GetDescriptor(), path).option();
    if (const auto value = changed(message, path)) text += fmt::format(" {} {}", option, shell_word(*value));
  }
  return text;
}

void export_workers(const api::WorkerPlan& workers, Commands& commands) {
  if (!workers.cores().empty()) {
    commands.push_back(fmt::format("democtl set-workers --cores {}", fmt::join(workers.cores(), ",")));
    return;
  }
  const std::string count = workers.has_count() ? fmt::format(" {}", workers.count()) : "";
  api::WorkerPlan rest = workers;
  rest.clear_cores();
  const std::string arguments = count + options(rest);
  if (!arguments.empty()) commands.push_back("democtl set-workers" + arguments);
}

// side: what else the command says, " --side backend".
void export_keepalive(const Message& keepalive, std::string_view side, Commands& commands) {
  const std::string settings = options(keepalive);
  if (settings.empty() && !changed(keepalive, "enabled")) return;
  const std::string enabled = field_text(keepalive, "enabled").value_or("off");
  commands.push_back(fmt::format("democtl keepalive {}{}{}", enabled, side, settings));
}

void export_body(const std::string& body, Commands& commands) {
  if (body == setting_of(*api::Response::descriptor(), "body").default_()) return;
  if (body.size() > kBodyArgumentBytes) {
    commands.push_back(
        fmt::format("printf %s {} | base64 -d | democtl set-response --file -", text::to_base64(body)));
  } else if (is_plain_text(body)) {
    commands.push_back("democtl set-response --text " + shell_word(body));
  } else {
    // No argument holds a NUL. The printf of a shell is no program, and its arguments may be longer.
    commands.push_back(fmt::format("printf {} | democtl set-response --file -", printf_word(body)));
  }
}

void export_response(const api::Response& response, Commands& commands) {
  if (response.has_body()) export_body(response.body(), commands);
  std::string settings = options(response);
  for (const api::Header& header : response.headers()) {
    settings += " --header " + shell_word(fmt::format("{}: {}", header.name(), header.value()));
  }
  if (!settings.empty()) commands.push_back("democtl set-response" + settings);
}

void export_settings(const api::Config& config, Commands& commands) {
  export_workers(config.workers(), commands);
  if (const auto mode = changed(config, "accept_mode")) commands.push_back("democtl accept-mode " + *mode);
  if (const auto level = changed(config, "log_level")) commands.push_back("democtl debug " + *level);
  std::string limits = options(config.client_timeouts());
  if (const auto most = changed(config, "max_connections")) limits += " --max-connections " + *most;
  if (!limits.empty()) commands.push_back("democtl set-client-limits" + limits);
  export_keepalive(config.client_keepalive(), "", commands);
  export_keepalive(config.backend_keepalive(), " --side backend", commands);
  const std::string forwarding = options(config.forwarding());
  if (!forwarding.empty()) commands.push_back("democtl set-forwarding" + forwarding);
  export_response(config.response(), commands);
}

void export_pool(const api::Pool& pool, Commands& commands) {
  const std::string settings = options(pool);
  // A pool without settings of its own comes with its first backend.
  if (!settings.empty() || pool.backends().empty()) {
    commands.push_back(fmt::format("democtl add-pool {}{}", shell_word(pool.name()), settings));
  }
  const std::string& usual = setting_of(*api::Listener::descriptor(), "pool").default_();
  const std::string of_pool = pool.name() == usual ? "" : " --pool " + shell_word(pool.name());
  for (const api::Backend& backend : pool.backends()) {
    commands.push_back(
        fmt::format("democtl add-backend {}{}{}", shell_word(backend.endpoint()), of_pool, options(backend)));
  }
}

const api::Pool* find_pool(const api::Config& config, const std::string& name) {
  const auto found = std::ranges::find(config.pools(), name, &api::Pool::name);
  return found == config.pools().end() ? nullptr : &*found;
}

// Whether mode auto forwards because its pool had a backend once: of a listener that is added it would be
// decided anew, and it would answer by itself.
bool forwards_from_before(const api::Config& config, const api::Listener& listener) {
  const api::Pool* const pool = find_pool(config, listener.pool());
  return listener.auto_forwards() && (pool == nullptr || pool->backends().empty());
}

// elsewhere: an empty pool, for a listener whose own is missing.
void export_listener(const api::Config& config, const api::Listener& listener, const std::string& elsewhere,
                     Commands& commands) {
  const std::string address = shell_word(listener.address());
  if (!forwards_from_before(config, listener)) {
    commands.push_back(fmt::format("democtl add-listener {}{}", address, options(listener)));
    return;
  }
  // Mode auto keeps that the listener forwards, as it does when set-listener follows add-backend.
  api::Listener first = listener;
  first.set_mode(api::LISTENER_MODE_PROXY);
  if (find_pool(config, listener.pool()) == nullptr) first.set_pool(elsewhere);
  commands.push_back(fmt::format("democtl add-listener {}{}", address, options(first)));
  const std::string pool = first.pool() == listener.pool() ? "" : " --pool " + shell_word(listener.pool());
  commands.push_back(fmt::format("democtl set-listener {} --mode auto{}", address, pool));
}

// Of those without a pool each names an empty one for a moment, made for it: any other would be given what
// clients ask meanwhile.
void export_listeners(const api::Config& config, Commands& commands) {
  const auto lacks_pool = [&](const api::Listener& listener) {
    return forwards_from_before(config, listener) && find_pool(config, listener.pool()) == nullptr;
  };
  std::string elsewhere = "for-a-moment";
  const auto names_it = [&](const api::Listener& listener) { return listener.pool() == elsewhere; };
  while (find_pool(config, elsewhere) != nullptr || std::ranges::any_of(config.listeners(), names_it)) {
    elsewhere += "-";
  }
  const bool needs_one = std::ranges::any_of(config.listeners(), lacks_pool);
  if (needs_one) commands.push_back("democtl add-pool " + elsewhere);
  for (const api::Listener& listener : config.listeners()) {
    export_listener(config, listener, elsewhere, commands);
  }
  if (needs_one) commands.push_back("democtl remove-pool " + elsewhere);
}

}  // namespace

std::vector<std::string> export_commands(const api::Config& config) {
  Commands commands;
  export_settings(config, commands);
  for (const api::Pool& pool : config.pools()) export_pool(pool, commands);
  export_listeners(config, commands);
  return commands;
}

}  // namespace demo::ctl
