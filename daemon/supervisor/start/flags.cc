#include "supervisor/start/flags.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/limits.h"
#include "base/whole_number.h"
#include "cli/command_line.h"
#include "config/fields.h"
#include "text/closest_word.h"
#include "text/letter_case.h"

namespace demo {
namespace {

constexpr const char* kDescription =
    "demo-server answers HTTP requests by itself, or forwards them to backends; democtl steers it while it "
    "runs.";

constexpr const char* kExamples =
    R"(Addresses: 1.2.3.4:80, [::1]:80, [fe80::1%eth0]:80, :80 (every IPv4 address of the host), unix:/path.
A backend may be a name as well, name:80; with :80 it is 127.0.0.1:80.
Flags win over the configuration file; a saved state (--state-dir) wins over both.

Examples:
  Answer every request on port 8080 from two workers and keep connections open:
    demo-server -w 2 -a 127.0.0.1:8080 -k
  Forward what comes to two addresses to two backends, and print each second what the workers did:
    demo-server -a 10.0.0.2:80 10.0.0.2:8080 -x 10.0.0.3:80 10.0.0.4:80 -v
  As a service, with what democtl changes kept over restarts:
    demo-server --config /etc/demo-server/demo-server.toml --state-dir /var/lib/demo-server)";

// The texts of flags whose values have a form of their own.
struct RawFlags {
  std::string workers;
  std::string start_core;
  std::vector<std::string> listen;
  std::vector<std::string> backends;
  std::string accept_mode;
  std::string control;
  std::string control_tcp;
};

using Values = cli::Values;

cli::Option text_flag(std::string names, std::string value, std::string help, std::string& into) {
  return {.names = std::move(names),
          .value = std::move(value),
          .help = std::move(help),
          .take = [&into](const std::vector<std::string>& values) { into = values.back(); }};
}

cli::Option list_flag(std::string names, std::string value, std::string help,
                      std::vector<std::string>& into) {
  return {.names = std::move(names),
          .value = std::move(value),
          .help = std::move(help),
          .values = Values::kFollowing,
          .take = [&into](const std::vector<std::string>& values) { into = values; }};
}

cli::Option switch_flag(std::string names, std::string help, bool& into) {
  return {.names = std::move(names),
          .value = "",
          .help = std::move(help),
          .values = Values::kNone,
          .take = [&into](const std::vector<std::string>&) { into = true; }};
}

// In the order of --help. Borrows both.
std::vector<cli::Option> declared_flags(Flags& flags, RawFlags& raw) {
  return {
      list_flag("-a,--listen", "ADDR", "Listen there; several addresses, may be repeated [0.0.0.0:80]",
                raw.listen),
      list_flag("-x,--backend", "ADDR",
                "Forward to these backends, in turn; several addresses, may be repeated", raw.backends),
      text_flag("-w,--workers", "N", "Worker processes [the cores available to this process]", raw.workers),
      text_flag("-c,--start-core", "N", "Core of the first worker; the others follow [0]", raw.start_core),
      switch_flag("-k,--keepalive", "Serve more than one request on a connection", flags.keepalive),
      text_flag("--accept-mode", "shared|exclusive|reuseport|reuseport-cpu",
                "How connections reach the workers [reuseport]", raw.accept_mode),
      text_flag(
          "-o,--log-file", "FILE",
          "Append the log to this file; SIGUSR1 opens it again [the journal under systemd, else stderr]",
          flags.log_file),
      switch_flag("-v,--verbose", "Log each second what every worker did", flags.verbose),
      switch_flag("-d,--debug", "Log debug messages too", flags.debug),
      text_flag(
          "--worker-user", "NAME",
          "User that the workers of a daemon started as root become\n[demo-server, or nobody without it]",
          flags.worker_user),
      text_flag("--config", "FILE", "Read this configuration file, demo-server.toml(5)", flags.config_file),
      switch_flag("--check-config", "Say what is wrong with flags and file, and exit", flags.check_config),
      text_flag("--state-dir", "DIR", "Save what is changed at run time there [nothing is saved]",
                flags.state_dir),
      switch_flag("--ignore-state",
                  "Start from flags and file whatever was saved; the next change replaces it",
                  flags.ignore_state),
      text_flag("--control", "unix://PATH",
                "Socket of the control API; monitor.sock for reading only is beside it\n(monitor-NAME "
                "beside a NAME that is not control.sock)\n"
                "[/run/demo-server/control.sock, or $XDG_RUNTIME_DIR/demo-server/control.sock for a user]",
                raw.control),
      text_flag("--control-tcp", "ADDR", "Serve the control API on TCP too, to clients with a certificate",
                raw.control_tcp),
      text_flag("--tls-certificate", "FILE", "Certificate chain of the daemon, PEM", flags.tls_certificate),
      text_flag("--tls-key", "FILE", "Private key of the certificate, PEM", flags.tls_key),
      text_flag("--tls-client-ca", "FILE", "Certificates that sign the clients', PEM", flags.tls_client_ca),
      switch_flag("--rehearse", "", flags.rehearse),
      switch_flag("--insecure-everyone-on-this-host-is-admin",
                  "Serve --control-tcp without any TLS: any user of this host may change anything",
                  flags.insecure_everyone_on_this_host_is_admin),
  };
}

// "-w" for "--workers" where it was typed so.
std::string typed_name(const Flags& flags, std::string_view flag) {
  const auto typed = flags.typed.find(std::string(flag));
  return typed == flags.typed.end() ? std::string(flag) : typed->second;
}

Error flag_error(const Flags& flags, std::string_view flag, const std::string& value, std::string_view why) {
  const std::string name = typed_name(flags, flag);
  return invalid(name, value, fmt::format("{}: {}", name, why));
}

// A whole number from `least` to `most`, nothing where the flag is not given.
Result<std::optional<unsigned>> parse_number(const Flags& flags, std::string_view flag,
                                             const std::string& text, unsigned least, unsigned most) {
  if (!flags.typed.contains(std::string(flag))) return std::optional<unsigned>();
  const auto number = whole_number<unsigned>(text);
  if (number && *number >= least && *number <= most) return number;
  return flag_error(flags, flag, text,
                    fmt::format("\"{}\": must be a whole number from {} to {}", text, least, most));
}

Result<std::string> parse_control(const Flags& flags, const std::string& text) {
  for (const std::string_view prefix : {"unix://", "unix:"}) {
    if (!text.starts_with(prefix)) continue;
    const std::string path = text.substr(prefix.size());
    if (path.starts_with('/')) return path;
    break;
  }
  return flag_error(flags, "--control", text,
                    fmt::format("\"{}\" is not unix:// and an absolute path", text));
}

// What is about --control-tcp alone must not be given in vain.
Status check_tcp_is_asked_for(const Flags& flags) {
  constexpr std::string_view kWhy = "is about --control-tcp, which is not given";
  for (const auto& [flag, value] :
       {std::pair("--tls-certificate", flags.tls_certificate), std::pair("--tls-key", flags.tls_key),
        std::pair("--tls-client-ca", flags.tls_client_ca)}) {
    if (!value.empty()) return flag_error(flags, flag, value, kWhy);
  }
  if (!flags.insecure_everyone_on_this_host_is_admin) return {};
  return flag_error(flags, "--insecure-everyone-on-this-host-is-admin", "", kWhy);
}

Status read_addresses(const RawFlags& raw, Flags& flags) {
  for (const std::string& text : raw.listen) {
    auto address = Address::parse(text);
    if (!address) return flag_error(flags, "--listen", text, address.error().message);
    flags.listen.push_back(*address);
  }
  for (const std::string& text : raw.backends) {
    auto endpoint = Endpoint::parse(text);
    if (!endpoint) return flag_error(flags, "--backend", text, endpoint.error().message);
    flags.backends.push_back(*endpoint);
  }
  if (raw.control_tcp.empty()) return check_tcp_is_asked_for(flags);
  auto address = Address::parse(raw.control_tcp);
  if (!address) return flag_error(flags, "--control-tcp", raw.control_tcp, address.error().message);
  if (address->is_unix())
    return flag_error(flags, "--control-tcp", raw.control_tcp, "a TCP address is expected");
  flags.control_tcp = *address;
  return {};
}

Status read_raw(const RawFlags& raw, Flags& flags) {
  auto workers = parse_number(flags, "--workers", raw.workers, 1, limits::kWorkers);
  if (!workers) return workers.error();
  flags.workers = *workers;
  auto start_core = parse_number(flags, "--start-core", raw.start_core, 0, kLastCore);
  if (!start_core) return start_core.error();
  flags.start_core = *start_core;
  if (auto read = read_addresses(raw, flags); !read) return read;
  if (!raw.accept_mode.empty()) {
    flags.accept_mode = parse_word<AcceptMode>(text::small_letters(raw.accept_mode));
    if (!flags.accept_mode) {
      return flag_error(flags, "--accept-mode", raw.accept_mode,
                        text::not_one_of(raw.accept_mode, words_of<AcceptMode>()));
    }
  }
  if (!raw.control.empty()) {
    auto path = parse_control(flags, raw.control);
    if (!path) return path.error();
    flags.control_path = *path;
  }
  return {};
}

// The parser's own message as one sentence.
Error usage_error(std::string message) {
  std::replace(message.begin(), message.end(), '\n', ' ');
  while (!message.empty() && message.back() == ' ') message.pop_back();
  return invalid("", "", message + "; demo-server --help lists the flags");
}

// The listener that the file has for this address, or a new one.
Listener listener_for(const Config& config, const Address& address) {
  if (const Listener* known = find_listener(config, address)) return *known;
  Listener listener;
  listener.address = address;
  return listener;
}

Backend backend_for(const Pool& pool, const Endpoint& endpoint) {
  if (const Backend* known = find_backend(pool, endpoint.text)) return *known;
  Backend backend;
  backend.endpoint = endpoint;
  return backend;
}

void apply_backends(Config& config, const std::vector<Endpoint>& endpoints) {
  const Pool defaults;
  const auto is_default = [&](const Pool& pool) { return pool.name == defaults.name; };
  auto pool = std::find_if(config.pools.begin(), config.pools.end(), is_default);
  if (pool == config.pools.end()) pool = config.pools.insert(pool, defaults);
  std::vector<Backend> backends;
  for (const Endpoint& endpoint : endpoints) backends.push_back(backend_for(*pool, endpoint));
  pool->backends = std::move(backends);
}

}  // namespace

Result<CommandLine> parse_command_line(int argc, const char* const* argv, const std::string& version) {
  CommandLine line;
  RawFlags raw;
  const std::vector<cli::Option> declared = declared_flags(line.flags, raw);
  const std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  auto typed = read_typed_flags(declared, words);
  if (!typed) return typed.error();
  line.flags.typed = std::move(*typed);
  const cli::Page page{
      .description = kDescription, .examples = kExamples, .version = "demo-server " + version};
  cli::Outcome outcome = cli::read_command_line("demo-server", declared, words, &page);
  if (!outcome.problem.empty()) return usage_error(std::move(outcome.problem));
  if (!outcome.print.empty()) {
    line.print = std::move(outcome.print);
    return line;
  }
  if (auto read = read_raw(raw, line.flags); !read) return read.error();
  return line;
}

Error in_typed_words(const Error& error, const Flags& flags) {
  const auto is_about = [&](std::string_view flag, std::string_view field) {
    return flags.typed.contains(std::string(flag)) && error.field.starts_with(field);
  };
  std::string_view flag;
  if (is_about("--workers", "workers.count")) flag = "--workers";
  if (is_about("--start-core", "workers.start_core")) flag = "--start-core";
  if (is_about("--listen", "listeners.")) flag = "--listen";
  if (is_about("--backend", "pools.default.backends.")) flag = "--backend";
  if (is_about("--log-file", "log_file")) flag = "--log-file";
  if (is_about("--state-dir", "state_dir")) flag = "--state-dir";
  // One that cannot be read; a problem in it begins with its place.
  if (is_about("--config", "config") && error.value == flags.config_file) flag = "--config";
  if (flag.empty()) return error;
  const std::string name = typed_name(flags, flag);
  // "FIELD is "VALUE": WHY", or a sentence of its own.
  std::string_view why = error.message;
  const std::string subject = error.field + " is ";
  if (why.starts_with(subject)) why.remove_prefix(subject.size());
  return {error.code, fmt::format("{}: {}", name, why), name, error.value};
}

Config apply_flags(Config config, const Flags& flags, bool listens_nowhere) {
  if (flags.workers || flags.start_core) config.workers.cores.clear();
  if (flags.workers) config.workers.count = flags.workers;
  if (flags.start_core) config.workers.start_core = *flags.start_core;
  if (flags.accept_mode) config.accept_mode = *flags.accept_mode;
  if (flags.keepalive) config.client_keepalive.enabled = true;
  if (flags.debug) config.log_level = LogLevel::kDebug;
  std::vector<Address> listen = flags.listen;
  if (listen.empty() && config.listeners.empty() && !listens_nowhere)
    listen.push_back(*Address::parse("0.0.0.0:80"));
  if (!listen.empty()) {
    std::vector<Listener> listeners;
    for (const Address& address : listen) listeners.push_back(listener_for(config, address));
    config.listeners = std::move(listeners);
  }
  if (!flags.backends.empty()) apply_backends(config, flags.backends);
  return config;
}

}  // namespace demo
