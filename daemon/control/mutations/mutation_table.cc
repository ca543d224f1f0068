#include "control/mutations/mutation_table.h"

namespace demo {

const MutationTable& MutationTable::all() {
  static const MutationTable table = [] {
    MutationTable made;
    add_topology_mutations(made);
    add_settings_mutations(made);
    return made;
  }();
  return table;
}

bool MutationTable::is_one_change(const google::protobuf::Descriptor& request) const {
  const auto found = entries_.find(&request);
  return found != entries_.end() && found->second.answer == Answer::kOutcome;
}

Result<Mutation> MutationTable::make(const google::protobuf::Message& request) const {
  return entries_.at(request.GetDescriptor()).make(request);
}

Result<Mutation> mutation_of(const google::protobuf::Message& request) {
  return MutationTable::all().make(request);
}

}  // namespace demo
