#include "supervisor/handover_keeper.h"

#include <fmt/format.h>

#include <chrono>
#include <map>

#include "base/counted.h"
#include "supervisor/listening/listening_end.h"

namespace demo {
namespace {

// The manager reads its messages one by one, and does not tell when it has.
constexpr std::chrono::milliseconds kRoomRetry{5};

using Taken = std::map<std::string, std::uint32_t>;

template <typename Records>
void record_places(const Taken& taken, Records& records) {
  for (const auto& [name, slot] : taken) {
    auto& record = *records.Add();
    record.set_name(name);
    record.set_slot(slot);
  }
}

template <typename Records>
Taken places_of_records(const Records& records) {
  Taken taken;
  for (const auto& record : records) taken.emplace(record.name(), record.slot());
  return taken;
}

}  // namespace

HandoverKeeper::HandoverKeeper(boost::asio::io_context& loop, const Parts& parts, std::size_t capacity,
                               std::function<void()> on_room)
    : parts_(parts), store_(capacity), retry_timer_(loop, std::move(on_room)) {}

std::string HandoverKeeper::take_over(Inheritance inheritance) {
  if (!inheritance.any()) return {};
  store_.note_held(std::move(inheritance.names));
  handover_ = std::move(inheritance.handover_text);
  places_ = std::move(inheritance.places_text);
  for (const std::string& name : inheritance.useless) store_.replace(name);
  last_generation_ = inheritance.handover.generation();
  restore_places(inheritance.places);
  const std::size_t sockets = inheritance.sockets.size();
  parts_.sockets.adopt(inheritance.handover, inheritance.sockets);
  parts_.workers.adopt(inheritance.handover, inheritance.processes, inheritance.channels);
  // Nobody knows what they are for; nobody is to wait in their queues.
  for (auto& [number, socket] : inheritance.sockets) end_listening(socket);
  return fmt::format("took over {} and {} of the supervisor before", counted(sockets, "listening socket"),
                     counted(static_cast<std::uint64_t>(inheritance.handover.processes_size()),
                             "worker process", "worker processes"));
}

void HandoverKeeper::restore_places(const internal::v1::Places& places) {
  parts_.places.restore(places_of_records(places.listeners()));
  NameResolver::Known names;
  for (const internal::v1::Places::Name& name : places.names()) {
    NameResolver::Addresses& addresses = names[{name.pool(), name.endpoint()}];
    for (const std::string& text : name.addresses()) {
      if (auto address = Address::parse(text)) addresses.push_back(*address);
    }
  }
  parts_.members.restore(places_of_records(places.backends()), std::move(names));
}

void HandoverKeeper::write_places() {
  internal::v1::Places places;
  record_places(parts_.places.taken(), *places.mutable_listeners());
  record_places(parts_.members.taken(), *places.mutable_backends());
  for (const auto& [key, addresses] : parts_.members.known_names()) {
    internal::v1::Places::Name& name = *places.add_names();
    name.set_pool(key.first);
    name.set_endpoint(key.second);
    for (const Address& address : addresses) name.add_addresses(address.to_string());
  }
  places_stale_ = !places_->write(places.SerializeAsString());
}

// Tried again as long as there is no memory.
bool HandoverKeeper::open_texts() {
  const auto open = [](std::optional<SurvivingText>& text, const char* name) {
    if (text) return true;
    auto created = SurvivingText::create(name);
    if (created) text = std::move(*created);
    return text.has_value();
  };
  return open(handover_, "demo-handover") && open(places_, "demo-places");
}

DescriptorStore::Wanted HandoverKeeper::wanted() const {
  DescriptorStore::Wanted wanted = {{kStatsName, parts_.stats.fd()},
                                    {kQuotaName, parts_.quota.area().fd()},
                                    {kHandoverName, handover_->fd()},
                                    {kPlacesName, places_->fd()}};
  std::size_t number = 0;
  for (const UniqueFd& bell : parts_.quota.area().bells()) {
    wanted.emplace_back(name_of_bell(number++), bell.get());
  }
  for (const WorkerSet::Descriptors& process : kept_processes_) {
    wanted.emplace_back(name_of_process(process.number), process.process);
    wanted.emplace_back(name_of_channel(process.number), process.channel);
  }
  for (const auto& [socket, fd] : kept_sockets_) wanted.emplace_back(name_of_socket(socket), fd);
  return wanted;
}

void HandoverKeeper::look(bool places_changed) {
  if (!there()) return;
  places_stale_ |= places_changed;
  written_ = open_texts();
  if (written_) {
    if (places_stale_) write_places();
    internal::v1::Handover handover;
    parts_.sockets.record(handover);
    parts_.workers.record(handover);
    handover.set_generation(parts_.running.generation);
    written_ = handover_->write(handover.SerializeAsString()) && !places_stale_;
    Numbered sockets = parts_.sockets.descriptors();
    std::vector<WorkerSet::Descriptors> processes = parts_.workers.descriptors();
    if (store_.behind() || sockets != kept_sockets_ || processes != kept_processes_) {
      kept_sockets_ = std::move(sockets);
      kept_processes_ = std::move(processes);
      store_.keep(wanted());
    }
  }
  if ((!written_ || store_.behind()) && !retry_timer_.running()) retry_timer_.start(kRoomRetry);
}

void HandoverKeeper::give_up() {
  retry_timer_.stop();
  store_.keep({});
}

std::string HandoverKeeper::problem() const {
  if (!there()) return {};
  if (!written_) return "no memory to write down what a restart is to take over";
  if (store_.left_out() == 0) return {};
  return fmt::format(
      "{} would not survive a restart: the service manager holds {} (FileDescriptorStoreMax=) under names of "
      "{} KiB",
      counted(store_.left_out(), "listening socket"), store_.capacity(), DescriptorStore::kNamesBytes / 1024);
}

}  // namespace demo
