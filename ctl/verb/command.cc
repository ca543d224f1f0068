#include "verb/command.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstddef>

#include "failure.h"
#include "values/closest_word.h"
#include "values/field_value.h"
#include "values/reset_name.h"
#include "values/setting.h"

namespace demo::ctl {

bool Argument::is_named(std::string_view word) const {
  if (positional) return false;
  std::string_view rest = name;
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == word) return true;
    rest = comma == std::string_view::npos ? "" : rest.substr(comma + 1);
  }
  return false;
}

std::vector<std::string> Argument::listed_words() const {
  std::vector<std::string> words_of_it;
  for (std::string_view rest = placeholder; !rest.empty();) {
    const std::size_t bar = std::min(rest.find('|'), rest.size());
    words_of_it.emplace_back(rest.substr(0, bar));
    rest.remove_prefix(std::min(bar + 1, rest.size()));
  }
  return words_of_it;
}

std::string name_in_errors(const Argument& argument, const Verb& verb) {
  return argument.positional && argument.placeholder.find('|') != std::string::npos ? verb.name
                                                                                    : argument.long_name();
}

void Command::positional(std::string placeholder, std::string help, Take take, std::string field) {
  verb_.arguments.push_back({.name = placeholder,
                             .placeholder = placeholder,
                             .help = std::move(help),
                             .take = std::move(take),
                             .positional = true,
                             .required = true,
                             .field = std::move(field)});
}

void Command::optional_positional(std::string placeholder, std::string help, Take take, std::string field) {
  positional(std::move(placeholder), std::move(help), std::move(take), std::move(field));
  verb_.arguments.back().required = false;
}

void Command::repeated_positional(std::string placeholder, std::string help, Take take) {
  positional(std::move(placeholder), std::move(help), std::move(take));
  verb_.arguments.back().repeats = true;
}

void Command::option(std::string name, std::string placeholder, std::string help, Take take,
                     std::string field) {
  verb_.arguments.push_back({.name = std::move(name),
                             .placeholder = std::move(placeholder),
                             .help = std::move(help),
                             .take = std::move(take),
                             .field = std::move(field)});
}

void Command::word_option(std::string name, const std::vector<std::string>& words, std::string help,
                          Take take) {
  option(std::move(name), fmt::format("{}", fmt::join(words, "|")), std::move(help),
         [words, take = std::move(take)](const std::string& word) {
           if (std::ranges::find(words, word) == words.end()) throw usage_failure(not_one_of(word, words));
           take(word);
         });
}

void Command::repeated_option(std::string name, std::string placeholder, std::string help, Take take,
                              std::string field) {
  option(std::move(name), std::move(placeholder), std::move(help), std::move(take), std::move(field));
  verb_.arguments.back().repeats = true;
}

void Command::flag(std::string name, std::string help, std::function<void()> take) {
  option(std::move(name), "", std::move(help), [take = std::move(take)](const std::string&) { take(); });
}

void Command::field_option(std::string name, google::protobuf::Message& message, std::string path,
                           std::string help, std::string placeholder) {
  if (placeholder.empty()) placeholder = field_placeholder(message, path);
  option(
      std::move(name), std::move(placeholder), std::move(help),
      [&message, path](const std::string& text) { set_field(message, path, text); }, path);
}

void Command::setting_option(google::protobuf::Message& message, const std::string& path) {
  setting_option(message, path, setting_of(*message.GetDescriptor(), path));
}

void Command::setting_option(google::protobuf::Message& message, const std::string& path,
                             const api::Setting& setting) {
  const google::protobuf::FieldDescriptor& field = field_at(*message.GetDescriptor(), path);
  option(
      setting.option(), setting.value().empty() ? field_placeholder(message, path) : setting.value(),
      setting_help(setting, field),
      [&message, path, range = setting_range(setting, field)](const std::string& text) {
        set_field(message, path, text, range);
      },
      path);
}

void Command::setting_options(google::protobuf::Message& message, const std::string& path) {
  const google::protobuf::Descriptor& type = *field_at(*message.GetDescriptor(), path).message_type();
  for (const std::string& inner : setting_paths(type))
    setting_option(message, fmt::format("{}.{}", path, inner));
}

void Command::reset_option(google::protobuf::Message& message, const std::string& updated,
                           const std::vector<std::string>& fixed, const std::string& example) {
  const google::protobuf::Descriptor& type = *field_at(*message.GetDescriptor(), updated).message_type();
  const std::vector<std::string> paths = field_paths(type, fixed);
  repeated_option(
      "--reset", "FIELD",
      fmt::format("put a field back to its default, by the name of its option, as {}, or of the field",
                  example),
      [this, &message, &type, updated, paths](const std::string& word) {
        const std::string path = reset_path(type, paths, word);
        const std::string field = fmt::format("{}.{}", updated, path);
        if (!reset_.emplace(field, word).second)
          throw usage_failure(fmt::format("\"{}\" is given twice", word));
        set_field(message, "reset_fields", path);
      },
      "reset_fields");
  make_words(reset_names(type, paths), paths);
}

void Command::refuse_reset_of_given(const std::map<std::string, std::string>& given) const {
  for (const Argument& argument : verb_.arguments) {
    const auto reset = reset_.find(argument.field);
    const auto typed = given.find(argument.long_name());
    if (argument.positional || reset == reset_.end() || typed == given.end()) continue;
    throw usage_failure(
        fmt::format("{} and --reset {}: leave one of them out", typed->second, reset->second));
  }
}

void Command::mark_of_every_change(std::size_t first) {
  for (std::size_t i = first; i < verb_.arguments.size(); ++i) verb_.arguments[i].of_every_change = true;
}

}  // namespace demo::ctl
