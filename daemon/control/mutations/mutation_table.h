#pragma once

#include <google/protobuf/descriptor.h>

#include <cstdint>
#include <functional>
#include <map>

#include "control/mutations/mutation.h"

namespace demo {

// Who answers a call once its change is in force.
enum class Answer : std::uint8_t {
  kOutcome,  // nobody else: the response has the change's result, and the request its options
  kService,  // the service: there is more to tell than the outcome, or more to do than the change
};

// From each type of request that changes the desired state to the function that makes the mutation of it.
class MutationTable {
 public:
  // All there are.
  static const MutationTable& all();

  template <typename Request>
  void add(Result<Mutation> (*of)(const Request&), Answer answer = Answer::kOutcome) {
    entries_[Request::descriptor()] = {
        [of](const google::protobuf::Message& request) { return of(static_cast<const Request&>(request)); },
        answer};
  }

  // Whether a call with such a request is one change and nothing else.
  bool is_one_change(const google::protobuf::Descriptor& request) const;
  // request: of a type that the table has.
  Result<Mutation> make(const google::protobuf::Message& request) const;

 private:
  struct Entry {
    std::function<Result<Mutation>(const google::protobuf::Message&)> make;
    Answer answer = Answer::kOutcome;
  };
  std::map<const google::protobuf::Descriptor*, Entry> entries_;
};

// Listeners, pools and backends.
void add_topology_mutations(MutationTable& table);
// What counts for all of them.
void add_settings_mutations(MutationTable& table);

}  // namespace demo
