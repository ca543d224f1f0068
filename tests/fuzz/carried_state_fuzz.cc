// Properties: any memory is refused or adopted, and what was adopted can be written on; a writer that dies at
// any point leaves the text before or the new one; whatever messages the text holds, no place in the
// statistics is given out twice.
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/address.h"
#include "base/whole_io.h"
#include "channel/section_text.h"
#include "config/listener.h"
#include "demo/internal/v1/handover.pb.h"
#include "fuzz_check.h"
#include "quiet_protobuf.h"
#include "supervisor/handover/surviving_text.h"
#include "supervisor/snapshot/slot_table.h"

namespace demo {
namespace {

UniqueFd memory_of(std::string_view content) {
  UniqueFd memory(::memfd_create("carried-state", MFD_CLOEXEC));
  fuzz_check(memory && write_all_at(memory.get(), content, 0), "there is memory");
  return memory;
}

std::string content_of(int memory) {
  struct stat status {};
  fuzz_check(::fstat(memory, &status) == 0, "the memory has a size");
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  fuzz_check(read_all_at(memory, content.data(), content.size(), 0), "the memory can be read");
  return content;
}

void check_places(const google::protobuf::RepeatedPtrField<internal::v1::Places::Place>& places) {
  constexpr std::uint32_t kCapacity = 8;
  std::map<std::string, std::uint32_t> taken;
  std::vector<std::string> names{"new"};
  for (const internal::v1::Places::Place& place : places) {
    taken.emplace(place.name(), place.slot());
    names.push_back(place.name());
  }
  SlotTable table(kCapacity);
  table.restore(taken);
  table.assign(names);
  std::set<std::uint32_t> slots;
  for (const auto& [name, slot] : table.taken()) {
    fuzz_check(slot < kCapacity && slots.insert(slot).second, "a place is there, and is given out once");
  }
}

template <Section T>
void check_section(std::string_view text) {
  const auto section = read_section<T>(text);
  if (!section) return;
  const auto again = read_section<T>(section_text(*section));
  fuzz_check(again && *again == *section, "a section reads back");
}

// What the next supervisor reads, without the descriptors beside it.
void check_messages(const std::string& text) {
  internal::v1::Places places;
  if (places.ParseFromString(text)) {
    check_places(places.listeners());
    check_places(places.backends());
    for (const auto& name : places.names()) {
      for (const std::string& address : name.addresses()) (void)Address::parse(address);
    }
  }
  internal::v1::Handover handover;
  if (!handover.ParseFromString(text)) return;
  for (const internal::v1::SocketGroup& group : handover.groups()) {
    (void)Address::parse(group.address());
    check_section<Listener>(group.listener());
    for (const std::string& traits : group.traits()) check_section<KernelOptions>(traits);
  }
}

void check_memory(std::string_view content) {
  auto adopted = SurvivingText::adopt(memory_of(content));
  if (!adopted) return;
  check_messages(adopted->text());
  const std::string next = adopted->text() + "next";
  fuzz_check(adopted->write(next), "an adopted text can be written on");
  const auto again = SurvivingText::adopt(memory_of(content_of(adopted->fd())));
  fuzz_check(again && again->text() == next, "a text reads back");
}

// The writer dies when so many of the bytes that change are written.
void check_death(const std::string& first, const std::string& second, std::size_t written) {
  constexpr std::size_t kMarks = 64;
  auto text = SurvivingText::create("carried-state");
  fuzz_check(text && text->write(first), "there is memory");
  std::string memory = content_of(text->fd());
  fuzz_check(text->write(second), "there is memory");
  const std::string after = content_of(text->fd());
  memory.resize(after.size());
  std::vector<std::size_t> changes;
  for (std::size_t i = 0; i < after.size(); ++i) {
    const std::size_t place = (i + kMarks) % after.size();  // the marks come last
    if (memory[place] != after[place]) changes.push_back(place);
  }
  changes.resize(written % (changes.size() + 1));
  for (const std::size_t place : changes) memory[place] = after[place];
  const auto left = SurvivingText::adopt(memory_of(memory));
  fuzz_check(left.has_value(), "a writer that dies leaves a text");
  fuzz_check(left->text() == first || left->text() == second, "it is the one before or the new one");
}

}  // namespace
}  // namespace demo

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  const std::string rest(demo::as_text(data + 4, size - 4));
  const std::size_t number = data[1] | static_cast<std::size_t>(data[2]) << 8U;
  switch (data[0] % 3) {
    case 0:
      demo::check_memory(rest);
      break;
    case 1: {
      const std::size_t split = data[3] % (rest.size() + 1);
      demo::check_death(rest.substr(0, split), rest.substr(split), number);
      break;
    }
    default:
      demo::check_messages(rest);
  }
  return 0;
}
