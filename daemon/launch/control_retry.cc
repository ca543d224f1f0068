#include "launch/control_retry.h"

#include <chrono>
#include <utility>

namespace demo {
namespace {

constexpr const char* kSubject = "control";

}  // namespace

ControlRetry::ControlRetry(boost::asio::io_context& loop, const Flags& flags, Supervisor& supervisor,
                           std::unique_ptr<ControlServer>& control, NamedFds& kept)
    : flags_(flags), supervisor_(supervisor), control_(control), kept_(kept), timer_(loop, [this] {
        look();
      }) {
  if (control_) return;
  timer_.start_every(std::chrono::seconds(1));
  look();
}

void ControlRetry::look() {
  auto opened = open_control(flags_, supervisor_, kept_);
  if (!opened) return supervisor_.control_trouble(kSubject, opened.error().message);
  control_ = std::move(*opened);
  timer_.stop();
  supervisor_.control_well(kSubject, "served again");
}

}  // namespace demo
