#pragma once

#include <memory>

#include "control/monitor/monitor_service.h"
#include "control/services/control_service.h"
#include "control/services/health_service.h"

namespace grpc {
class Service;
}

namespace demo {

// What one endpoint serves. Owns it; outlives the endpoint's gRPC server.
struct EndpointServices {
  EndpointServices();
  EndpointServices(EndpointServices&& other) noexcept;
  EndpointServices& operator=(EndpointServices&& other) = delete;
  ~EndpointServices();

  std::unique_ptr<grpc::Service> control;  // null where only Monitor is
  std::unique_ptr<grpc::Service> monitor;
  std::unique_ptr<HealthService> health;
  std::unique_ptr<grpc::Service> reflection;
};

// control: null for Monitor without it. All are borrowed and outlive what is returned; control is copied.
EndpointServices make_endpoint_services(const ServiceParts& parts, Gate& gate, const ControlParts* control);

}  // namespace demo
