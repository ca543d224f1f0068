#include "control/services/health_service.h"

#include <grpc/health/v1/health.grpc.pb.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/limits.h"
#include "control/calls/message_stream.h"
#include "control/calls/refused_stream.h"

namespace demo {

namespace health = grpc::health::v1;
using grpc::CallbackServerContext;
using health::HealthCheckResponse;

namespace {

class HealthWatcher final : public MessageStream<HealthCheckResponse> {
 public:
  HealthWatcher(OpenStreams& streams, QuotaPlace place, HealthCheckResponse::ServingStatus status)
      : MessageStream(std::move(place)), streams_(streams) {
    if (!streams_.add(*this)) return;
    pump([status](HealthCheckResponse& response) {
      response.set_status(status);
      return true;
    });
  }

 private:
  ~HealthWatcher() override = default;
  void gone() override { streams_.remove(*this); }

  OpenStreams& streams_;
};

class ServedHealth final : public HealthService, public health::Health::CallbackService {
 public:
  ServedHealth(std::vector<std::string> services, Gate& gate, OpenCalls& calls, OpenStreams& streams)
      : services_(std::move(services)), gate_(gate), calls_(calls), streams_(streams) {}

  void stop() override { serving_ = false; }
  grpc::Service& service() override { return *this; }

  grpc::ServerUnaryReactor* Check(CallbackServerContext* context, const health::HealthCheckRequest* request,
                                  HealthCheckResponse* response) override;
  // One message; the end of the stream is the end of the service.
  grpc::ServerWriteReactor<HealthCheckResponse>* Watch(CallbackServerContext* context,
                                                       const health::HealthCheckRequest* request) override;

 private:
  // "": all of them together.
  bool knows(const std::string& service) const;
  HealthCheckResponse::ServingStatus status() const;

  const std::vector<std::string> services_;
  Gate& gate_;
  OpenCalls& calls_;
  OpenStreams& streams_;
  std::atomic<bool> serving_ = true;
};

bool ServedHealth::knows(const std::string& service) const {
  return service.empty() || std::find(services_.begin(), services_.end(), service) != services_.end();
}

HealthCheckResponse::ServingStatus ServedHealth::status() const {
  return serving_ ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* ServedHealth::Check(CallbackServerContext* context,
                                              const health::HealthCheckRequest* request,
                                              HealthCheckResponse* response) {
  auto call = calls_.start(*context, limits::kControlCallTimeout);
  grpc::ServerUnaryReactor* const reactor = call->reactor();
  call->finish([&]() -> Status {
    auto pass = gate_.admit_call(*context, std::nullopt);
    if (!pass) return pass.error();
    call->hold(std::move(pass->place));
    if (!knows(request->service())) {
      return Error{ErrorCode::kNotFound, "there is no service " + request->service(), "service",
                   request->service()};
    }
    response->set_status(status());
    return {};
  });
  return reactor;
}

grpc::ServerWriteReactor<HealthCheckResponse>* ServedHealth::Watch(
    CallbackServerContext* context, const health::HealthCheckRequest* request) {
  auto pass = gate_.admit_stream(*context, std::nullopt);
  if (!pass) return new RefusedStream<grpc::ServerWriteReactor<HealthCheckResponse>>(pass.error());
  return new HealthWatcher(streams_, std::move(pass->place),
                           knows(request->service()) ? status() : HealthCheckResponse::SERVICE_UNKNOWN);
}

}  // namespace

std::unique_ptr<HealthService> HealthService::make(std::vector<std::string> services, Gate& gate,
                                                   OpenCalls& calls, OpenStreams& streams) {
  return std::make_unique<ServedHealth>(std::move(services), gate, calls, streams);
}

}  // namespace demo
