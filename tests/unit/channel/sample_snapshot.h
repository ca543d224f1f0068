#pragma once

#include "config/snapshot.h"
#include "unit/config/distinct_values.h"

namespace demo {

// A snapshot in which every field has a value of its own, none of them the default.
inline Snapshot sample_snapshot() {
  Snapshot snapshot;
  DistinctValues distinct;
  for_each_field(snapshot, distinct);
  return snapshot;
}

}  // namespace demo
