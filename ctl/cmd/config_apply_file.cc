#include <fmt/format.h>

#include <algorithm>
#include <ostream>
#include <string>

#include "cmd/change_command.h"
#include "cmd/commands.h"
#include "demo/control/v1/control.pb.h"
#include "format/text_width.h"
#include "input_file.h"
#include "text/api_sizes.h"
#include "text/utf8.h"
#include "text_kind.h"

namespace demo::ctl {
namespace {

constexpr const char* kChoose =
    "choose with --prefer file or --prefer running, or settle them by hand and try again";

// what: "collision", or which side has settled it.
void print_collisions(std::ostream& out, const char* what, const api::ApplyFileResponse& response) {
  for (const api::FileCollision& collision : response.collisions()) {
    out << fmt::format("{}: {}: in the file {}, at run time {}\n", what, printable(collision.path()),
                       printable(collision.file()), printable(collision.running()));
  }
}

class ConfigApplyFile : public ChangeCommand<api::ApplyFileRequest, api::ApplyFileResponse> {
 public:
  ConfigApplyFile()
      : ChangeCommand(
            {.name = "config apply-file",
             .chapter = Chapter::kConfiguration,
             .summary = "take what changed in the configuration file, keep what was changed at run time",
             .details =
                 "A three-way merge: what changed in the daemon's flags and file since the running state "
                 "took "
                 "them in last is put in force, value by value; what was changed at run time stays. What "
                 "both "
                 "sides changed alike is settled; where they changed the same thing differently nothing is "
                 "changed, and the collisions are listed. Listeners and backends are told apart by their "
                 "address, pools by their name: a new name is one removed and one added. Where the daemon "
                 "does "
                 "not know what it took in last, each difference is a collision. A FILE is read here and "
                 "sent; "
                 "without one the daemon reads its own.",
             .examples = {
                 {"config apply-file --dry-run", "what would be taken, what collides, what stays"},
                 {"config apply-file", "put the changes of the edited file in force"},
                 {"config apply-file --prefer running", "where both changed the same, keep what runs"},
                 {"config apply-file new.toml",
                  "the changes of another file, before it is put in "
                  "place"}}}) {
    optional_positional("FILE", "a file in place of the daemon's, - for standard input",
                        [this](const std::string& path) {
                          request_.set_name(name_of_text(path));
                          request_.set_text(read_text(path));
                        });
    word_option("--prefer", {"file", "running"},
                "the side that stands where both changed the same thing differently",
                [this](const std::string& side) {
                  request_.set_prefer(side == "file" ? api::MERGE_SIDE_FILE : api::MERGE_SIDE_RUNNING);
                });
    change_options();
    request_.set_problems_in_answer(true);
  }

  ExitCode run(Invocation& invocation) override {
    try {
      return ChangeCommand::run(invocation);
    } catch (const Failure& failure) {
      // A dry run has listed them itself.
      if (failure.code() != ExitCode::kConflict || request_.options().dry_run()) throw;
      list_collisions(invocation);
      throw;
    }
  }

 protected:
  void check() override {
    if (begins_like_json(request_.text())) {
      throw usage_failure(
          request_.name() +
          " is JSON, and the configuration file is TOML: democtl config apply takes JSON, and "
          "replaces the whole state by it");
    }
    // In the words of the daemon, to which no such text can be sent.
    if (const std::string place = place_of_no_utf8(request_.text()); !place.empty()) {
      throw usage_failure(
          fmt::format("{}:{}: this is no TOML: {}", request_.name(), place, text::kFileNotInUtf8));
    }
    if (request_.text().size() > text::kConfigFileBytes) {
      throw usage_failure(fmt::format("{} has {} bytes: a configuration file has at most {}", request_.name(),
                                      request_.text().size(), text::kConfigFileBytes));
    }
  }
  std::chrono::milliseconds patience() const override { return std::chrono::seconds(60); }
  void check_answer(const api::ApplyFileResponse& response) override { refuse_problems(response.problems()); }

  ExitCode finish(Invocation& invocation, const api::ApplyFileResponse& response, ExitCode code) override {
    const bool open = response.collisions_size() > 0 && request_.prefer() == api::MERGE_SIDE_UNSPECIFIED;
    if (!invocation.prints_json()) {
      std::ostream& out = invocation.console().out;
      if (!response.result().dry_run()) {
        for (const std::string& line : response.result().differences()) {
          out << "taken: " << printable(line) << '\n';
        }
      }
      print_collisions(out, kind(request_.prefer()), response);
      for (const std::string& line : response.kept()) {
        // What is to be settled does not stand yet.
        if (!open || !collides(line, response)) out << "stays: " << printable(line) << '\n';
      }
    }
    if (open) throw Failure(ExitCode::kConflict, summary(response));
    return code;
  }

 private:
  // line: "PATH: FROM -> TO" of a value.
  static bool collides(const std::string& line, const api::ApplyFileResponse& response) {
    return std::any_of(
        response.collisions().begin(), response.collisions().end(),
        [&line](const api::FileCollision& collision) { return line.starts_with(collision.path() + ":"); });
  }

  static const char* kind(api::MergeSide side) {
    if (side == api::MERGE_SIDE_FILE) return "as the file says";
    return side == api::MERGE_SIDE_RUNNING ? "as it runs" : "collision";
  }

  static std::string summary(const api::ApplyFileResponse& response) {
    const int number = response.collisions_size();
    if (!response.base_known()) {
      return fmt::format("what changed in the file since it was last read is not known, and {} {}: {}",
                         number, number == 1 ? "value differs" : "values differ", kChoose);
    }
    return fmt::format("{} {}: {}", number, number == 1 ? "collision" : "collisions", kChoose);
  }

  // An error of the API has no room for them all.
  void list_collisions(Invocation& invocation) {
    api::ApplyFileRequest look = request_;
    look.mutable_options()->set_dry_run(true);
    api::ApplyFileResponse response;
    invocation.call(look, response, patience());
    check_answer(response);
    if (response.collisions_size() == 0) return;
    // Of the change that was refused, not of the look.
    response.mutable_result()->set_dry_run(false);
    response.mutable_result()->clear_differences();
    if (invocation.prints_json()) {
      invocation.print_json(response);
    } else {
      print_collisions(invocation.console().out, kind(request_.prefer()), response);
    }
    throw Failure(ExitCode::kConflict, "nothing changed: " + summary(response));
  }
};

}  // namespace

std::unique_ptr<Command> config_apply_file() { return std::make_unique<ConfigApplyFile>(); }

}  // namespace demo::ctl
