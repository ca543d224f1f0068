#include "control/services/config_calls.h"

#include <fmt/format.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/limits.h"
#include "base/printable.h"
#include "control/calls/status_map.h"
#include "control/mutations/wanted_config.h"
#include "text/api_sizes.h"

namespace demo {

namespace pb = control::v1;
using grpc::CallbackServerContext;
using grpc::ServerUnaryReactor;

namespace {

std::optional<Error> bad_text_name(const std::string& name) {
  if (name.size() <= text::kTextNameBytes) return std::nullopt;
  return invalid("name", "", fmt::format("name: at most {} bytes", text::kTextNameBytes));
}

// Fails the call; where the caller wants what is wrong with a state or file in an answer, tells it there.
template <typename Response>
void tell_mistakes(LoopCall& call, bool in_answer, const std::vector<Error>& mistakes, Response& response) {
  if (!in_answer || mistakes.front().code != ErrorCode::kInvalidArgument) return call.fail(mistakes);
  call.finish([&]() -> Status {
    for (const Error& mistake : mistakes) response.add_problems(printable(mistake.message));
    return {};
  });
}

Result<MergeSide> merge_side(pb::MergeSide side) {
  switch (side) {
    case pb::MERGE_SIDE_UNSPECIFIED:
      return MergeSide::kNone;
    case pb::MERGE_SIDE_FILE:
      return MergeSide::kFile;
    case pb::MERGE_SIDE_RUNNING:
      return MergeSide::kRunning;
    default:
      return invalid("prefer", std::to_string(side),
                     fmt::format("prefer is \"{}\": must be MERGE_SIDE_FILE or MERGE_SIDE_RUNNING",
                                 std::to_string(side)));
  }
}

}  // namespace

ServerUnaryReactor* apply_config_call(const ControlParts& parts, CallbackServerContext& context,
                                      const pb::ApplyConfigRequest& request,
                                      pb::ApplyConfigResponse& response) {
  auto call = parts.calls.start(context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  if (std::optional<Error> wrong = bad_text_name(request.name())) {
    call->fail(*wrong);
    return reactor;
  }
  const bool in_answer = request.problems_in_answer();
  std::shared_ptr<const WantedConfig> wanted;
  auto change = change_request(parts.gate, context, call, request.options(), [&]() -> Result<Mutation> {
    std::vector<Error> mistakes;
    auto read = WantedConfig::read(request, mistakes);
    if (!read) {
      tell_mistakes(*call, in_answer, mistakes, response);
      return mistakes.front();  // which is told already
    }
    wanted = std::make_shared<const WantedConfig>(std::move(*read));
    return Mutation{"config apply", replace_config(wanted->config())};
  });
  if (!change) return reactor;
  const bool dry_run = request.options().dry_run();
  auto done = [call, dry_run, in_answer, &response, wanted](const Result<ChangeOutcome>& outcome) {
    if (!outcome) {
      return tell_mistakes(*call, in_answer, {wanted->in_request(outcome.error())}, response);
    }
    call->finish([&]() -> Status {
      write_result(*outcome, dry_run, *response.mutable_result());
      return {};
    });
  };
  parts.supervisor.change(*std::move(change), std::move(done));
  return reactor;
}

ServerUnaryReactor* reset_config_call(const ControlParts& parts, CallbackServerContext& context,
                                      const pb::ResetConfigRequest& request,
                                      pb::ResetConfigResponse& response) {
  auto call = parts.calls.start(context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  auto change = change_request(parts.gate, context, call, request.options(), []() -> Result<Mutation> {
    return Mutation{"config reset", {}};
  });
  if (change) {
    auto done = [call, answer = answer_with_outcome(call, request.options().dry_run(), response)](
                    const Result<ChangeOutcome>& outcome) {
      if (!outcome) return call->fail(mistakes_of(outcome.error()));
      answer(outcome);
    };
    parts.supervisor.reset({*std::move(change), request.allow_empty()}, std::move(done));
  }
  return reactor;
}

ServerUnaryReactor* apply_file_call(const ControlParts& parts, CallbackServerContext& context,
                                    const pb::ApplyFileRequest& request, pb::ApplyFileResponse& response) {
  auto call = parts.calls.start(context, limits::kControlCallTimeout);
  ServerUnaryReactor* const reactor = call->reactor();
  FileRequest file;
  if (std::optional<Error> wrong = bad_text_name(request.name())) {
    call->fail(*wrong);
    return reactor;
  }
  file.name = request.name().empty() ? "the text" : printable(request.name());
  if (request.has_text()) file.text = request.text();
  auto change = change_request(parts.gate, context, call, request.options(), [&]() -> Result<Mutation> {
    const auto side = merge_side(request.prefer());
    if (!side) return side.error();
    file.side = *side;
    return Mutation{file.text ? "config apply-file " + file.name : "config apply-file", {}};
  });
  if (!change) return reactor;
  file.change = *std::move(change);
  const bool dry_run = request.options().dry_run();
  const bool in_answer = request.problems_in_answer();
  parts.supervisor.apply_file(
      std::move(file), [call, dry_run, in_answer, &response](const Result<FileOutcome>& outcome) {
        if (!outcome) return tell_mistakes(*call, in_answer, mistakes_of(outcome.error()), response);
        call->finish([&]() -> Status {
          write_file_outcome(*outcome, dry_run, response);
          return {};
        });
      });
  return reactor;
}

}  // namespace demo
