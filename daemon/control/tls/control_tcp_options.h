#pragma once

#include <chrono>
#include <string>

#include "base/address.h"

namespace demo {

// A TCP address for control from other hosts. Every client shows a certificate;
// control/admission/certificate_role.h says what the certificate allows.
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

}  // namespace demo
