#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "failure.h"
#include "values/setting.h"
#include "verb/verb.h"

namespace google::protobuf {
class Message;
}

namespace demo::ctl {

class Invocation;

// A verb and what it does. Arguments are taken into the object while the command line is read, then run() is
// called once.
class Command {
 public:
  explicit Command(Verb verb) : verb_(std::move(verb)) {}
  virtual ~Command() = default;
  Command(const Command&) = delete;
  Command& operator=(const Command&) = delete;

  const Verb& verb() const { return verb_; }

  // Throws a Failure when it could not be done.
  virtual ExitCode run(Invocation& invocation) = 0;

  // Throws a usage Failure where one of the options that were given says a value of a field that is reset
  // too. given: as Parsed has them.
  void refuse_reset_of_given(const std::map<std::string, std::string>& given) const;

 protected:
  using Take = std::function<void(const std::string&)>;

  // Declarations for constructors. The words that placeholders use (LISTENER, BACKEND, POOL, WORKER, FILE)
  // decide what is completed.
  // field: of the request that it fills, as errors of the daemon name it; empty when there is none.
  void positional(std::string placeholder, std::string help, Take take, std::string field = "");
  void optional_positional(std::string placeholder, std::string help, Take take, std::string field = "");
  void repeated_positional(std::string placeholder, std::string help, Take take);
  void option(std::string name, std::string placeholder, std::string help, Take take, std::string field = "");
  // An option that takes one of these words; take gets no other.
  void word_option(std::string name, const std::vector<std::string>& words, std::string help, Take take);
  void repeated_option(std::string name, std::string placeholder, std::string help, Take take,
                       std::string field = "");
  void flag(std::string name, std::string help, std::function<void()> take);

  // An option that sets a field of a request (values/field_value.h). The message outlives the command's
  // parsing.
  void field_option(std::string name, google::protobuf::Message& message, std::string path, std::string help,
                    std::string placeholder = "");

  // The option that setting.proto names for the field at the path below the message; the second one for a
  // request that says a field of the desired state by itself.
  void setting_option(google::protobuf::Message& message, const std::string& path);
  void setting_option(google::protobuf::Message& message, const std::string& path,
                      const api::Setting& setting);
  // Those of all fields of the message at the path, which is one of the request: "pool".
  void setting_options(google::protobuf::Message& message, const std::string& path);

  // --reset FIELD of an update, a request with reset_fields: takes the names (values/reset_name.h) of all
  // fields of the message at the path `updated` but the `fixed` ones, which have no default. example: one.
  void reset_option(google::protobuf::Message& message, const std::string& updated,
                    const std::vector<std::string>& fixed, const std::string& example);
  // Whether --reset was given for this field of the request.
  bool resets(const std::string& field) const { return reset_.contains(field); }

  // Says that the positional declared last may be left out.
  void make_optional() { verb_.arguments.back().required = false; }

  // Says which words the argument declared last takes beside what its placeholder means, and by which of the
  // other names these are completed too.
  void make_words(std::vector<std::string> words, std::vector<std::string> other_names = {}) {
    verb_.arguments.back().words = std::move(words);
    verb_.arguments.back().other_words = true;
    verb_.arguments.back().other_names = std::move(other_names);
  }

  // Says that the option declared last takes the same value several times.
  void may_say_the_same_again() { verb_.arguments.back().same_again = true; }

  // Says of the arguments from this index on that every change takes them.
  void mark_of_every_change(std::size_t first);

 private:
  Verb verb_;
  std::map<std::string, std::string> reset_;  // fields of the request that are reset: as they were typed
};

}  // namespace demo::ctl
