#include "control/monitor/monitor_service.h"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "base/limits.h"
#include "base/printable.h"
#include "config/duration.h"
#include "control/calls/refused_stream.h"
#include "control/messages/report_messages.h"
#include "control/messages/request_fields.h"
#include "control/monitor/event_watcher.h"
#include "control/monitor/stats_watcher.h"
#include "demo/control/v1/monitor.grpc.pb.h"

namespace demo {

namespace pb = control::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

Result<std::chrono::milliseconds> interval_of(const pb::WatchStatsRequest& request) {
  constexpr std::chrono::milliseconds kMost = limits::kStatsIntervalMax;
  FieldForm form = time_from(limits::kStatsIntervalMin);
  form.most = static_cast<std::uint64_t>(kMost.count());
  return duration_of(request, "interval", limits::kStatsInterval, form);
}

Result<StatsWatcher*> watch_stats(const ServiceParts& parts, QuotaPlace place,
                                  const pb::WatchStatsRequest& request) {
  const auto interval = interval_of(request);
  if (!interval) return interval.error();
  auto selector = StatsSelector::from(request.selection());
  if (!selector) return selector.error();
  StatsView view(*std::move(selector), request.always_complete());
  return new StatsWatcher(parts.feed, parts.streams, std::move(place), std::move(view),
                          *interval);  // deletes itself
}

Status check_kinds(const pb::WatchEventsRequest& request) {
  for (const int kind : request.kinds()) {
    if (kind == pb::EVENT_KIND_UNSPECIFIED || !pb::EventKind_IsValid(kind)) {
      return invalid("kinds", std::to_string(kind),
                     fmt::format("kinds has \"{}\": there is no such kind", kind));
    }
  }
  return {};
}

class MonitorService final : public pb::Monitor::CallbackService {
 public:
  MonitorService(const ServiceParts& parts, Gate& gate) : parts_(parts), gate_(gate) {}

  ServerUnaryReactor* GetStatus(CallbackServerContext* context, const pb::GetStatusRequest* request,
                                pb::GetStatusResponse* response) override;
  ServerUnaryReactor* ListListeners(CallbackServerContext* context, const pb::ListListenersRequest* request,
                                    pb::ListListenersResponse* response) override;
  ServerUnaryReactor* ListBackends(CallbackServerContext* context, const pb::ListBackendsRequest* request,
                                   pb::ListBackendsResponse* response) override;
  ServerUnaryReactor* ListPools(CallbackServerContext* context, const pb::ListPoolsRequest* request,
                                pb::ListPoolsResponse* response) override;
  ServerUnaryReactor* ListWorkers(CallbackServerContext* context, const pb::ListWorkersRequest* request,
                                  pb::ListWorkersResponse* response) override;
  ServerUnaryReactor* GetConfig(CallbackServerContext* context, const pb::GetConfigRequest* request,
                                pb::GetConfigResponse* response) override;
  ServerUnaryReactor* GetStats(CallbackServerContext* context, const pb::GetStatsRequest* request,
                               pb::GetStatsResponse* response) override;
  grpc::ServerWriteReactor<pb::WatchStatsResponse>* WatchStats(CallbackServerContext* context,
                                                               const pb::WatchStatsRequest* request) override;
  grpc::ServerWriteReactor<pb::WatchEventsResponse>* WatchEvents(
      CallbackServerContext* context, const pb::WatchEventsRequest* request) override;
  ServerUnaryReactor* WhoAmI(CallbackServerContext* context, const pb::WhoAmIRequest* request,
                             pb::WhoAmIResponse* response) override;

 private:
  // Answers with what fill makes of the supervisor's report.
  ServerUnaryReactor* report(CallbackServerContext& context, ReportDesk::Fill fill);
  // With how the configuration file is now as well.
  using FillWithFile = std::function<void(const StatusReport&, const FileLook&)>;
  ServerUnaryReactor* report_with_file(CallbackServerContext& context, FillWithFile fill);
  // The call, if it may be answered; its reactor in any case.
  std::shared_ptr<LoopCall> admit(CallbackServerContext& context, ServerUnaryReactor*& reactor);

  const ServiceParts& parts_;
  Gate& gate_;
};

std::shared_ptr<LoopCall> MonitorService::admit(CallbackServerContext& context,
                                                ServerUnaryReactor*& reactor) {
  auto call = parts_.calls.start(context, limits::kControlCallTimeout);
  reactor = call->reactor();
  auto pass = gate_.admit_call(context, Role::kViewer);
  if (!pass) {
    call->fail(pass.error());
    return nullptr;
  }
  call->hold(std::move(pass->place));
  return call;
}

ServerUnaryReactor* MonitorService::report(CallbackServerContext& context, ReportDesk::Fill fill) {
  ServerUnaryReactor* reactor = nullptr;
  if (auto call = admit(context, reactor)) parts_.desk.ask(std::move(call), std::move(fill));
  return reactor;
}

ServerUnaryReactor* MonitorService::report_with_file(CallbackServerContext& context, FillWithFile fill) {
  ServerUnaryReactor* reactor = nullptr;
  auto call = admit(context, reactor);
  if (!call) return reactor;
  parts_.supervisor.look_at_file([desk = parts_.desk.weak_from_this(), call = std::move(call),
                                  fill = std::move(fill)](const std::shared_ptr<const FileLook>& look) {
    const auto open = desk.lock();
    if (!open) return;
    open->ask(call, [fill, look](const StatusReport& report) -> Status {
      fill(report, *look);
      return {};
    });
  });
  return reactor;
}

ServerUnaryReactor* MonitorService::GetStatus(CallbackServerContext* context, const pb::GetStatusRequest*,
                                              pb::GetStatusResponse* response) {
  return report_with_file(*context, [this, response](const StatusReport& report, const FileLook& look) {
    write_status(report, look, parts_.version, *response);
  });
}

ServerUnaryReactor* MonitorService::ListListeners(CallbackServerContext* context,
                                                  const pb::ListListenersRequest*,
                                                  pb::ListListenersResponse* response) {
  return report(*context, [response](const StatusReport& report) -> Status {
    write_listeners(report, *response);
    return {};
  });
}

ServerUnaryReactor* MonitorService::ListBackends(CallbackServerContext* context,
                                                 const pb::ListBackendsRequest* request,
                                                 pb::ListBackendsResponse* response) {
  return report(*context, [request, response](const StatusReport& report) {
    return write_backends(report, request->pool(), *response);
  });
}

ServerUnaryReactor* MonitorService::ListPools(CallbackServerContext* context, const pb::ListPoolsRequest*,
                                              pb::ListPoolsResponse* response) {
  return report(*context, [response](const StatusReport& report) -> Status {
    write_pools(report, *response);
    return {};
  });
}

ServerUnaryReactor* MonitorService::ListWorkers(CallbackServerContext* context, const pb::ListWorkersRequest*,
                                                pb::ListWorkersResponse* response) {
  return report(*context, [response](const StatusReport& report) -> Status {
    write_workers(report, *response);
    return {};
  });
}

ServerUnaryReactor* MonitorService::GetConfig(CallbackServerContext* context,
                                              const pb::GetConfigRequest* request,
                                              pb::GetConfigResponse* response) {
  return report_with_file(*context,
                          [this, request, response](const StatusReport& report, const FileLook& look) {
                            write_config(report, look, *response);
                            if (request->toml()) write_toml(report, look, parts_.version, *response);
                          });
}

ServerUnaryReactor* MonitorService::GetStats(CallbackServerContext* context,
                                             const pb::GetStatsRequest* request,
                                             pb::GetStatsResponse* response) {
  auto call = parts_.calls.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  call->finish([&]() -> Status {
    auto pass = gate_.admit_call(*context, Role::kViewer);
    if (!pass) return pass.error();
    call->hold(std::move(pass->place));
    auto selector = StatsSelector::from(request->selection());
    if (!selector) return selector.error();
    StatsView view(*std::move(selector), true);
    view.write(parts_.feed.sample(), *response->mutable_sample());
    return {};
  });
  return reactor;
}

grpc::ServerWriteReactor<pb::WatchStatsResponse>* MonitorService::WatchStats(
    CallbackServerContext* context, const pb::WatchStatsRequest* request) {
  auto pass = gate_.admit_stream(*context, Role::kViewer);
  if (!pass) return new RefusedStream<grpc::ServerWriteReactor<pb::WatchStatsResponse>>(pass.error());
  const auto watcher = watch_stats(parts_, std::move(pass->place), *request);
  if (!watcher) return new RefusedStream<grpc::ServerWriteReactor<pb::WatchStatsResponse>>(watcher.error());
  return *watcher;
}

grpc::ServerWriteReactor<pb::WatchEventsResponse>* MonitorService::WatchEvents(
    CallbackServerContext* context, const pb::WatchEventsRequest* request) {
  auto pass = gate_.admit_stream(*context, Role::kViewer);
  if (!pass) return new RefusedStream<grpc::ServerWriteReactor<pb::WatchEventsResponse>>(pass.error());
  if (const Status kinds = check_kinds(*request); !kinds) {
    return new RefusedStream<grpc::ServerWriteReactor<pb::WatchEventsResponse>>(kinds.error());
  }
  const bool admin = gate_.identity(*context).role == Role::kAdmin;
  return new EventWatcher(*context, parts_.supervisor.events(), parts_.streams, std::move(pass->place), admin,
                          *request);  // deletes itself
}

ServerUnaryReactor* MonitorService::WhoAmI(CallbackServerContext* context, const pb::WhoAmIRequest*,
                                           pb::WhoAmIResponse* response) {
  auto call = parts_.calls.start(*context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  call->finish([&]() -> Status {
    auto pass = gate_.admit_call(*context, std::nullopt);
    if (!pass) return pass.error();
    call->hold(std::move(pass->place));
    const Identity identity = gate_.identity(*context);
    response->set_name(printable(identity.caller.name));
    if (identity.role) {
      response->set_role(*identity.role == Role::kAdmin ? pb::ROLE_ADMIN : pb::ROLE_VIEWER);
    }
    if (identity.caller.uid) response->set_uid(*identity.caller.uid);
    if (identity.caller.gid) response->set_gid(*identity.caller.gid);
    if (identity.caller.pid) response->set_pid(*identity.caller.pid);
    return {};
  });
  return reactor;
}

}  // namespace

std::unique_ptr<grpc::Service> make_monitor_service(const ServiceParts& parts, Gate& gate) {
  return std::make_unique<MonitorService>(parts, gate);
}

}  // namespace demo
