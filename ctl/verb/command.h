#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "failure.h"
#include "verb/verb.h"

namespace google::protobuf {
class Message;
}

namespace demo::ctl {

class Session;

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
  virtual ExitCode run(Session& session) = 0;

 protected:
  using Take = std::function<void(const std::string&)>;

  // Declarations for constructors. The words that placeholders use (LISTENER, BACKEND, POOL, WORKER, FILE)
  // decide what is completed.
  void positional(std::string placeholder, std::string help, Take take);
  void optional_positional(std::string placeholder, std::string help, Take take);
  void repeated_positional(std::string placeholder, std::string help, Take take);
  void option(std::string name, std::string placeholder, std::string help, Take take);
  void repeated_option(std::string name, std::string placeholder, std::string help, Take take);
  void flag(std::string name, std::string help, std::function<void()> take);

  // An option that sets a field of a request (values/field_value.h). The message outlives the command's
  // parsing.
  void field_option(std::string name, google::protobuf::Message& message, std::string path, std::string help,
                    std::string placeholder = "");

  // Says of the arguments from this index on that every change takes them.
  void mark_of_every_change(std::size_t first);

 private:
  Verb verb_;
};

}  // namespace demo::ctl
