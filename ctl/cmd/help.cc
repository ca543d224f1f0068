#include <algorithm>
#include <ostream>

#include "cmd/commands.h"
#include "invocation/invocation.h"
#include "invocation/settings.h"
#include "values/closest_word.h"
#include "verb/help_text.h"

namespace demo::ctl {
namespace {

constexpr const char* kColumnsTopic = "columns";

class Help : public Command {
 public:
  Help()
      : Command({.name = "help",
                 .chapter = Chapter::kClient,
                 .summary = "tell more about democtl, about a verb, or about the columns of tables",
                 .examples = {{"help", "all verbs"},
                              {"help add-backend", "one verb, as democtl add-backend --help"},
                              {"help config", "the verbs that start with config"},
                              {"help columns", "what each column of a table means"}},
                 .prints = Prints::kText,
                 .asks_nobody = true}) {
    repeated_positional("VERB", "a verb, the first word of one, or columns",
                        [this](const std::string& word) { topic_.push_back(word); });
    make_optional();
  }

  ExitCode run(Invocation& invocation) override {
    invocation.console().out << text(invocation.table(), help_width(invocation.console().columns));
    return ExitCode::kDone;
  }

 private:
  std::string text(const CommandTable& table, std::size_t width) const {
    Settings unused;
    const std::vector<Argument> global = global_arguments(unused);
    if (topic_.empty()) return overview_help(table, global, width);
    if (topic_.size() == 1 && topic_[0] == kColumnsTopic) return columns_help(width);
    if (topic_.size() == 1 && !family_of(topic_[0], table).empty())
      return family_help(topic_[0], table, global, width);
    if (topic_.size() == 1 || topic_[0] == kColumnsTopic) check_topic(table);
    const Command* command = find_verb(topic_, table, {});
    const auto words_of_verb = std::count(command->verb().name.begin(), command->verb().name.end(), ' ') + 1;
    if (topic_.size() > static_cast<std::size_t>(words_of_verb)) {
      throw usage_failure("VERB: \"" + topic_.back() + "\" is one word too many");
    }
    return verb_help(command->verb(), global, width);
  }

  // "help colums" means columns, which find_verb() does not know.
  void check_topic(const CommandTable& table) const {
    if (topic_[0] == kColumnsTopic) {
      throw usage_failure("VERB: \"" + topic_[1] + "\" is one word too many: columns tells of all");
    }
    std::vector<std::string> topics{kColumnsTopic};
    for (const auto& command : table) {
      const std::string& name = command->verb().name;
      if (name == topic_[0]) return;
      if (!command->verb().hidden) topics.push_back(name.substr(0, name.find(' ')));
    }
    throw usage_failure("VERB: there is no verb or topic \"" + topic_[0] + "\"" +
                        did_you_mean(topic_[0], topics));
  }

  std::vector<std::string> topic_;
};

}  // namespace

std::unique_ptr<Command> help() { return std::make_unique<Help>(); }

}  // namespace demo::ctl
