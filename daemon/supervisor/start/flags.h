#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/address.h"
#include "base/result.h"
#include "config/config.h"
#include "supervisor/start/typed_flags.h"

namespace demo {

// What the command line of demo-server says.
struct Flags {
  // Over the configuration file.
  std::optional<unsigned> workers;
  std::optional<unsigned> start_core;
  std::vector<Address> listen;
  std::vector<Endpoint> backends;
  std::optional<AcceptMode> accept_mode;
  bool keepalive = false;
  bool debug = false;

  // Of the daemon itself.
  bool verbose = false;
  bool check_config = false;
  bool rehearse = false;  // for the version that runs, supervisor/upgrade/rehearsal.h
  bool ignore_state = false;
  std::string log_file;      // empty: journal or stderr
  std::string config_file;   // empty: none
  std::string worker_user;   // empty: as worker_user() decides
  std::string state_dir;     // empty: nothing is saved
  std::string control_path;  // of --control unix://PATH; empty: the default

  // The control API over TCP.
  std::optional<Address> control_tcp;
  std::string tls_certificate;
  std::string tls_key;
  std::string tls_client_ca;
  bool insecure_everyone_on_this_host_is_admin = false;

  TypedFlags typed = {};  // for messages
};

// What a command line asks for: to run with these flags, or to print a text (help, version) and leave.
struct CommandLine {
  Flags flags;
  std::optional<std::string> print;
};

// Error: kInvalidArgument, one sentence that names the flag and the value.
Result<CommandLine> parse_command_line(int argc, const char* const* argv, const std::string& version);

// An error about a value of the configuration, or a file, in the words of the flag that gave it, as it was
// typed: "-w: \"0\": must be from 1 to 256". Others stay as they are.
Error in_typed_words(const Error& error, const Flags& flags);

// The configuration with the flags over it, and a listener on 0.0.0.0:80 when neither names one, unless the
// configuration listens nowhere on purpose. Pure.
Config apply_flags(Config config, const Flags& flags, bool listens_nowhere = false);

}  // namespace demo
