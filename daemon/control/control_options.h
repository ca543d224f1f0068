#pragma once

#include <sys/stat.h>

#include <chrono>
#include <optional>
#include <string>

#include "base/address.h"

namespace demo {

// A TCP address for control from other hosts. Every client shows a certificate; control/certificate_role.h
// says what the certificate allows.
struct ControlTcpOptions {
  Address address;               // IPv4 or IPv6
  std::string certificate_file;  // PEM chain of the daemon; read again when it changes, like the two below
  std::string key_file;          // PEM private key of the daemon
  std::string client_ca_file;    // PEM certificates that sign the clients'
  // No certificates, no encryption, no questions: any user of this host may do anything. Loopback addresses
  // only.
  bool insecure_everyone_on_this_host_is_admin = false;
  std::chrono::milliseconds look_again{5000};  // how often the files are read
};

// Where the daemon can be controlled and watched.
struct ControlOptions {
  std::string control_path;    // unix socket for Control and Monitor; empty: none
  std::string monitor_path;    // unix socket for Monitor alone; empty: none
  mode_t control_mode = 0660;  // the socket file's mode; its owner and group are the daemon's
  mode_t monitor_mode = 0666;
  std::optional<ControlTcpOptions> tcp;
  std::string version;  // what GetStatus reports
};

}  // namespace demo
