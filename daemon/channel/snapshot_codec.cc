#include "channel/snapshot_codec.h"

#include "base/other_build.h"
#include "channel/field_mark.h"
#include "channel/field_reader.h"
#include "channel/field_writer.h"

namespace demo {
namespace {

std::uint64_t mark_of_this_build() {
  static const std::uint64_t mark = FieldMark::of<Snapshot>();
  return mark;
}

}  // namespace

std::string encode_snapshot(const Snapshot& snapshot) {
  std::string bytes;
  FieldWriter writer(bytes);
  writer("mark", mark_of_this_build());
  for_each_field(snapshot, writer);
  return bytes;
}

Result<Snapshot> decode_snapshot(std::string_view bytes) {
  Snapshot snapshot;
  FieldReader reader(bytes);
  std::uint64_t mark = 0;
  reader("mark", mark);
  if (reader.path().empty() && mark != mark_of_this_build())
    return other_build("mark", "channel: the snapshot is of another build than this process");
  for_each_field(snapshot, reader);
  if (reader.complete()) return snapshot;
  const std::string& path = reader.path();
  return invalid(path, "",
                 path.empty() ? "channel: the snapshot goes on behind its end"
                              : "channel: the snapshot holds a bad " + path);
}

}  // namespace demo
