#include "control/services/health_service.h"

#include <algorithm>
#include <utility>

#include "base/limits.h"
#include "control/calls/refused_stream.h"

namespace demo {

namespace pb = grpc::health::v1;
using grpc::CallbackServerContext;
using pb::HealthCheckResponse;

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

}  // namespace

bool HealthService::knows(const std::string& service) const {
  return service.empty() || std::find(services_.begin(), services_.end(), service) != services_.end();
}

HealthCheckResponse::ServingStatus HealthService::status() const {
  return serving_ ? HealthCheckResponse::SERVING : HealthCheckResponse::NOT_SERVING;
}

grpc::ServerUnaryReactor* HealthService::Check(CallbackServerContext* context,
                                               const pb::HealthCheckRequest* request,
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

grpc::ServerWriteReactor<HealthCheckResponse>* HealthService::Watch(CallbackServerContext* context,
                                                                    const pb::HealthCheckRequest* request) {
  auto pass = gate_.admit_stream(*context, std::nullopt);
  if (!pass) return new RefusedStream<grpc::ServerWriteReactor<HealthCheckResponse>>(pass.error());
  return new HealthWatcher(streams_, std::move(pass->place),
                           knows(request->service()) ? status() : HealthCheckResponse::SERVICE_UNKNOWN);
}

}  // namespace demo
