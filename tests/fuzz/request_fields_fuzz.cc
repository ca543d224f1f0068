// Properties: any request that changes the state is refused with a reason, or makes a change that any state
// takes or refuses; a state that it makes and that keeps every rule is, as an ApplyConfig of its message and
// of its JSON, the same state again.
#include <google/protobuf/message.h>

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "config/validate.h"
#include "control/messages/config_json.h"
#include "control/messages/request_path.h"
#include "control/messages/translate.h"
#include "control/mutations/mutation.h"
#include "control/mutations/wanted_config.h"
#include "demo/control/v1/control.pb.h"
#include "fuzz_check.h"
#include "quiet_protobuf.h"

namespace demo {
namespace {

namespace pb = control::v1;

// By the first byte of the input: a new one comes at the end, so that the kept inputs stay what they are.
const std::array<const google::protobuf::Message*, 17> kRequests = {
    &pb::ApplyConfigRequest::default_instance(),    &pb::AddListenerRequest::default_instance(),
    &pb::RemoveListenerRequest::default_instance(), &pb::UpdateListenerRequest::default_instance(),
    &pb::AddBackendRequest::default_instance(),     &pb::RemoveBackendRequest::default_instance(),
    &pb::UpdateBackendRequest::default_instance(),  &pb::AddPoolRequest::default_instance(),
    &pb::RemovePoolRequest::default_instance(),     &pb::UpdatePoolRequest::default_instance(),
    &pb::SetKeepaliveRequest::default_instance(),   &pb::SetAcceptModeRequest::default_instance(),
    &pb::SetWorkersRequest::default_instance(),     &pb::SetResponseRequest::default_instance(),
    &pb::SetForwardingRequest::default_instance(),  &pb::SetClientLimitsRequest::default_instance(),
    &pb::SetLogLevelRequest::default_instance(),
};

// One in which the names of the kept inputs are taken.
Config full_state() {
  Config state;
  state.listeners.emplace_back().address = *Address::parse("127.0.0.1:80");
  Pool& pool = state.pools.emplace_back();
  pool.backends.emplace_back().endpoint = *Endpoint::parse("10.0.0.3:80");
  return state;
}

void check_error(const Error& error, const google::protobuf::Message& request) {
  fuzz_check(!error.message.empty(), "a refusal has a reason");
  fuzz_check(!in_request(error, request).message.empty(), "a refusal has a reason in the request");
}

void check_reads_back(const Config& config, const pb::ApplyConfigRequest& request) {
  std::vector<Error> mistakes;
  const auto again = WantedConfig::read(request, mistakes);
  fuzz_check(again.has_value(), "a state that keeps every rule can be asked for");
  fuzz_check(again->config() == config, "a state reads back");
}

void check_state(const Config& config) {
  if (!validate(config).empty()) return;
  pb::ApplyConfigRequest request;
  to_message(config, *request.mutable_config());
  for (std::size_t i = 0; i < config.listeners.size(); ++i) {
    request.mutable_config()
        ->mutable_listeners(static_cast<int>(i))
        ->set_auto_forwards(config.listeners[i].auto_forwards);
  }
  check_reads_back(config, request);
  request.clear_config();
  request.set_json(config_to_json(config));
  check_reads_back(config, request);
}

void check_wanted(const pb::ApplyConfigRequest& request) {
  std::vector<Error> mistakes;
  const auto wanted = WantedConfig::read(request, mistakes);
  fuzz_check(wanted.has_value() == mistakes.empty(), "either a state or mistakes");
  for (const Error& mistake : mistakes) fuzz_check(!mistake.message.empty(), "a refusal has a reason");
  if (wanted) check_state(wanted->config());
}

void check_mutation(const google::protobuf::Message& request) {
  const auto mutation = mutation_of(request);
  if (!mutation) return check_error(mutation.error(), request);
  fuzz_check(!mutation->description.empty(), "a change has a name");
  static const Config full = full_state();
  static const Config empty;
  for (const Config* before : {&full, &empty}) {
    const auto after = mutation->change(*before);
    if (!after) {
      check_error(after.error(), request);
      continue;
    }
    for (const Error& problem : validate(*after)) check_error(problem, request);
    check_state(*after);
  }
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto* const type = demo::kRequests[data[0] % demo::kRequests.size()];
  const std::unique_ptr<google::protobuf::Message> request(type->New());
  if (!request->ParseFromArray(data + 1, static_cast<int>(size - 1))) return 0;
  if (const auto* wanted = dynamic_cast<const demo::control::v1::ApplyConfigRequest*>(request.get())) {
    demo::check_wanted(*wanted);
  } else {
    demo::check_mutation(*request);
  }
  return 0;
}
