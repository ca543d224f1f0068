#pragma once

#include <string_view>

#include "base/result.h"
#include "demo/control/v1/events.pb.h"
#include "demo/control/v1/file.pb.h"
#include "demo/control/v1/monitor.pb.h"
#include "demo/control/v1/mutation.pb.h"
#include "supervisor/api/supervisor_api.h"

// What the supervisor reports, as answers of the API. Pure.
namespace demo {

// Fills a cleared result.
void write_result(const ChangeOutcome& outcome, bool dry_run, control::v1::MutationResult& result);

// Fills a cleared response.
void write_file_outcome(const FileOutcome& outcome, bool dry_run, control::v1::ApplyFileResponse& response);

void write_status(const StatusReport& report, const FileLook& look, std::string_view version,
                  control::v1::GetStatusResponse& response);
void write_listeners(const StatusReport& report, control::v1::ListListenersResponse& response);
// pool: only this one; empty: all. kNotFound for a pool that does not exist.
Status write_backends(const StatusReport& report, std::string_view pool,
                      control::v1::ListBackendsResponse& response);
void write_pools(const StatusReport& report, control::v1::ListPoolsResponse& response);
void write_workers(const StatusReport& report, control::v1::ListWorkersResponse& response);
void write_config(const StatusReport& report, const FileLook& look, control::v1::GetConfigResponse& response);
// The states of write_config() as configuration files.
void write_toml(const StatusReport& report, const FileLook& look, std::string_view version,
                control::v1::GetConfigResponse& response);

void write_progress(const DrainProgress& progress, control::v1::DrainProgress& message);

// with_callers: else nobody is named who asked for something, neither by the caller nor in the message.
void write_event(const Event& event, bool with_callers, control::v1::Event& message);
control::v1::EventKind event_kind(EventKind kind);

}  // namespace demo
