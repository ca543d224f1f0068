#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "demo/control/v1/mutation.pb.h"
#include "invocation/api.h"
#include "invocation/invocation.h"
#include "verb/command.h"

namespace demo::ctl {

// Prints what came of a change ("gen 42, 12/12 workers", or what a dry run would change) and says how it
// went. With `wait`, waits for the workers that have not applied it yet.
ExitCode report_change(Invocation& invocation, const api::MutationResult& result,
                       const google::protobuf::Message& response, bool wait);

// A usage Failure of all that the daemon found wrong, a line each; nothing when there is nothing.
void refuse_problems(const google::protobuf::RepeatedPtrField<std::string>& problems);

// A verb that changes the daemon with one RPC. Derived classes declare the arguments that fill request_.
template <typename Request, typename Response>
class ChangeCommand : public Command {
 public:
  ExitCode run(Invocation& invocation) override {
    check();
    Response response;
    const auto end = std::chrono::steady_clock::now() + invocation.settings().timeout.value_or(patience());
    invocation.call(request_, response, patience());
    check_answer(response);
    using std::chrono::milliseconds;
    complete(invocation, response, ceil<milliseconds>(end - std::chrono::steady_clock::now()));
    const ExitCode code = report_change(invocation, response.result(), response, wait_);
    return finish(invocation, response, code);
  }

 protected:
  explicit ChangeCommand(Verb verb) : Command(answering(std::move(verb))) {}

  // The options that every change takes. Called last, so that they stand last in the help.
  void change_options() {
    const std::size_t first = verb().arguments.size();
    flag("--dry-run", "print what would change, change nothing",
         [this] { request_.mutable_options()->set_dry_run(true); });
    flag("--wait", "wait for workers that have not applied it within five seconds, until all have",
         [this] { wait_ = true; });
    expectation_option("options.expected_generation");
    flag("--no-persist", "forget the change at the next restart",
         [this] { request_.mutable_options()->set_persist(false); });
    mark_of_every_change(first);
  }

  // field: of the request, that takes the generation.
  void expectation_option(const char* field) {
    field_option("--expect-generation", request_, field, "only if the daemon is still at this generation");
  }

  // Rules that concern several arguments; throws a usage Failure.
  virtual void check() {}
  // Throws a Failure for an answer that tells of no change.
  virtual void check_answer(const Response&) {}
  // Waits for what the answer says is still to come, so long at most; throws a Failure.
  virtual void complete(Invocation&, Response&, std::chrono::milliseconds) {}
  // How long the daemon may take to answer.
  virtual std::chrono::milliseconds patience() const { return Invocation::kPatience; }
  // What is to be said beyond the result.
  virtual ExitCode finish(Invocation&, const Response&, ExitCode code) { return code; }

  Request request_;
  bool wait_ = false;

 private:
  static Verb answering(Verb verb) {
    verb.prints = Prints::kAnswer;
    return verb;
  }
};

}  // namespace demo::ctl
