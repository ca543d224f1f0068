#include "channel/snapshot_codec.h"

#include "channel/field_reader.h"
#include "channel/field_writer.h"

namespace demo {

std::string encode_snapshot(const Snapshot& snapshot) {
  std::string bytes;
  FieldWriter writer(bytes);
  for_each_field(snapshot, writer);
  return bytes;
}

Result<Snapshot> decode_snapshot(std::string_view bytes) {
  Snapshot snapshot;
  FieldReader reader(bytes);
  for_each_field(snapshot, reader);
  if (reader.complete()) return snapshot;
  const std::string& path = reader.path();
  return invalid(path, "",
                 path.empty() ? "channel: the snapshot goes on behind its end"
                              : "channel: the snapshot holds a bad " + path);
}

}  // namespace demo
