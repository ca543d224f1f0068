#include "control/tls/certificate_watch.h"

#include <utility>

namespace demo {

CertificateWatch::CertificateWatch(ControlTcpOptions files, CertificateSet good, SupervisorApi& supervisor)
    : files_(std::move(files)),
      supervisor_(supervisor),
      good_(std::move(good)),
      fresh_(std::make_shared<const CertificateSet>(good_)) {
  timer_.every(files_.look_again, [this] { look(); });
}

std::shared_ptr<const CertificateSet> CertificateWatch::take_new() {
  const std::lock_guard lock(mutex_);
  return std::exchange(fresh_, nullptr);
}

void CertificateWatch::look() {
  auto found = read_certificates(files_);
  const bool changed = found && *found != good_;
  Status right = found ? Status{} : found.error();
  if (changed) right = check_certificates(*found, files_);
  if (!right) {
    // Told once, however often it is found.
    if (trouble_ == right.error().message) return;
    trouble_ = right.error().message;
    supervisor_.control_trouble("control over TCP", trouble_ + "; what was read before stays in force");
    return;
  }
  if (changed) {
    good_ = std::move(*found);
    const std::lock_guard lock(mutex_);
    fresh_ = std::make_shared<const CertificateSet>(good_);
  }
  const bool ended = !std::exchange(trouble_, "").empty();
  if (changed) {
    supervisor_.control_well("control over TCP", "new certificates are in force");
  } else if (ended) {
    supervisor_.control_well("control over TCP", "the certificates are as they were before");
  }
}

}  // namespace demo
