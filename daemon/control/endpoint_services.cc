#include "control/endpoint_services.h"

#include <grpc/health/v1/health.grpc.pb.h>
#include <grpc/reflection/v1alpha/reflection.grpc.pb.h>

#include <string>
#include <utility>
#include <vector>

#include "control/services/reflection_service.h"
#include "demo/control/v1/control.grpc.pb.h"
#include "demo/control/v1/monitor.grpc.pb.h"

namespace demo {

EndpointServices::EndpointServices() = default;
EndpointServices::EndpointServices(EndpointServices&& other) noexcept = default;
EndpointServices::~EndpointServices() = default;

EndpointServices make_endpoint_services(const ServiceParts& parts, Gate& gate, const ControlParts* control) {
  namespace pb = demo::control::v1;
  std::vector<std::string> served;
  if (control != nullptr) served.emplace_back(pb::Control::service_full_name());
  served.emplace_back(pb::Monitor::service_full_name());
  EndpointServices made;
  if (control != nullptr) made.control = make_control_service(*control);
  made.monitor = make_monitor_service(parts, gate);
  made.health = HealthService::make(served, gate, parts.calls, parts.streams);
  served.emplace_back(grpc::health::v1::Health::service_full_name());
  served.emplace_back(grpc::reflection::v1alpha::ServerReflection::service_full_name());
  made.reflection = make_reflection_service(std::move(served), gate, parts.streams);
  return made;
}

}  // namespace demo
