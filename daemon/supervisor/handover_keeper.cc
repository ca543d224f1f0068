#include "supervisor/handover_keeper.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "base/clock.h"
#include "base/counted.h"
#include "base/diagnosis_socket.h"
#include "base/log.h"
#include "supervisor/listening/listening_end.h"

namespace demo {
namespace {

using std::chrono::milliseconds;

// The manager reads its messages one by one, and does not tell when it has: tried again after this, doubled
// each time.
constexpr milliseconds kFirstManagerRetry{5};
constexpr milliseconds kLastManagerRetry{1000};
// A manager keeps no change waiting for longer; and one that takes nothing for so long stands still. It may
// be slow: it compares each descriptor with all that it holds.
constexpr milliseconds kManagerPatience{1000};

using Taken = std::map<std::string, std::uint32_t>;

bool is_too_long_ago(std::uint64_t then_ns) {
  constexpr auto kPatienceNs = static_cast<std::uint64_t>(std::chrono::nanoseconds(kManagerPatience).count());
  return monotonic_ns() - then_ns > kPatienceNs;
}

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
                               std::function<void()> on_progress)
    : parts_(parts),
      on_progress_(std::move(on_progress)),
      store_(capacity),
      barrier_(loop, store_.manager(), on_progress_),
      retry_timer_(loop, [this] { on_retry(); }),
      retry_delay_(kFirstManagerRetry) {}

Result<std::string> HandoverKeeper::take_over(Inheritance inheritance) {
  // Whatever the texts know of: nothing new is to have such a number.
  for (const auto& [number, socket] : inheritance.sockets) SocketMember::note_id(number);
  parts_.sockets.take_passed(std::move(inheritance.passed));
  take_diagnosis(std::move(inheritance.diagnosis));
  const auto& replaced = inheritance.came_back() ? inheritance.held : inheritance.useless;
  for (const std::string& name : replaced) store_.replace(name);
  store_.note_held(std::move(inheritance.held));
  if (!inheritance.any()) return std::string();
  for (const auto* list : {&inheritance.processes, &inheritance.channels}) {
    for (const auto& [number, fd] : *list) WorkerProcess::number_channels_from(number);
  }
  handover_ = std::move(inheritance.handover_text);
  places_ = std::move(inheritance.places_text);
  last_generation_ = inheritance.handover.generation();
  restore_places(inheritance.places);
  const std::size_t sockets = inheritance.sockets.size();
  lacking_ = parts_.sockets.adopt(inheritance.handover, inheritance.sockets, inheritance.of_program);
  auto adopted = parts_.workers.adopt(inheritance.handover, inheritance.processes, inheritance.channels);
  if (!adopted) return adopted.error();
  const std::size_t taken = sockets - inheritance.sockets.size();
  // What no text knows serves nobody, and would be in the way: nobody is to wait in such queues.
  for (auto& [number, socket] : inheritance.sockets) {
    if (!parts_.sockets.passed().has(socket.get())) end_listening(socket);
  }
  for (auto& [number, channel] : inheritance.channels) ::shutdown(channel.get(), SHUT_WR);
  if (!there()) store_.keep({});
  return fmt::format("took over {} and {} of the supervisor before", counted(taken, "listening socket"),
                     counted(*adopted, "worker process", "worker processes"));
}

// The next start is given another one: what the manager still holds of it is wanted by nobody.
void HandoverKeeper::take_diagnosis(UniqueFd diagnosis) {
  if (!diagnosis || parts_.sockets.diagnosis().use(std::move(diagnosis))) return;
  log(LogLevel::kWarning, "the descriptor {} that was passed tells nothing of sockets (sock_diag(7)): closed",
      kDiagnosisSocketName);
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

// Two messages behind each other are one with the fields of both.
bool HandoverKeeper::write_handover() {
  internal::v1::Handover rest;
  parts_.workers.record(rest);
  rest.set_generation(parts_.running.generation);
  std::string rest_bytes = rest.SerializeAsString();
  const bool same_sockets = given_up_ || sockets_version_ == parts_.sockets.version();
  if (written_ && same_sockets && rest_bytes == rest_bytes_) return false;
  if (!same_sockets) {
    internal::v1::Handover sockets;
    parts_.sockets.record(sockets);
    sockets_bytes_ = sockets.SerializeAsString();
  }
  written_ = handover_->write(sockets_bytes_ + rest_bytes);
  if (!written_) return false;
  sockets_version_ = parts_.sockets.version();
  rest_bytes_ = std::move(rest_bytes);
  return true;
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

// Where there is no room for all, processes are left out first: they drain by themselves.
DescriptorStore::Wanted HandoverKeeper::wanted() const {
  DescriptorStore::Wanted wanted = wanted_areas();
  if (!given_up_) {
    for (const auto& [socket, fd] : parts_.sockets.descriptors()) {
      wanted.emplace_back(name_of_socket(socket), fd);
    }
  }
  for (const WorkerSet::Descriptors& process : parts_.workers.descriptors()) {
    wanted.emplace_back(name_of_process(process.number), process.process);
    wanted.emplace_back(name_of_channel(process.number), process.channel);
  }
  return wanted;
}

DescriptorStore::Wanted HandoverKeeper::wanted_areas() const {
  DescriptorStore::Wanted wanted = {{kStatsName, parts_.stats.fd()},
                                    {kQuotaName, parts_.quota.area().fd()},
                                    {kHandoverName, handover_->fd()},
                                    {kPlacesName, places_->fd()}};
  std::size_t number = 0;
  for (const UniqueFd& bell : parts_.quota.area().bells()) {
    wanted.emplace_back(name_of_bell(number++), bell.get());
  }
  return wanted;
}

void HandoverKeeper::look(bool places_changed) {
  if (!there()) return;
  places_stale_ |= places_changed;
  const std::uint64_t sent = store_.sent();
  const std::uint64_t dropped = store_.dropped();
  if (open_texts()) {
    if (places_stale_) write_places();
    stored_is_old_ |= write_handover();
    if (written_ && stored_is_old_) {
      stored_is_old_ = false;
      store_.keep(wanted());
    } else if (written_ && store_.behind()) {
      // What is written down is what was wanted then, and so is open.
      store_.go_on();
    }
  } else {
    written_ = false;
  }
  if (store_.sent() != sent) {
    retry_delay_ = kFirstManagerRetry;
    taken_ns_ = monotonic_ns();
  }
  barrier_due_ |= store_.dropped() != dropped;
  if (barrier_due_ && !store_.behind()) {
    barrier_due_ = !barrier_.begin();
    barrier_since_ns_ = monotonic_ns();
  }
  if (!store_.behind()) {
    behind_since_ns_.reset();
  } else if (!behind_since_ns_) {
    behind_since_ns_ = monotonic_ns();
  }
  if (store_.behind() || !has_dropped() || !written_ || places_stale_) retry_later();
}

Result<DescriptorStore::Wanted> HandoverKeeper::pass_on() {
  const bool opened = open_texts();
  if (opened) {
    write_places();
    stored_is_old_ |= write_handover();
  }
  if (!opened || places_stale_ || !written_) {
    return Error{ErrorCode::kResourceExhausted, "no memory to write down what is passed on", "", ""};
  }
  return wanted();
}

DescriptorStore::Wanted HandoverKeeper::pass_on_for_good() const {
  const int diagnosis = parts_.sockets.diagnosis().fd();
  if (diagnosis < 0) return {};
  return {{kDiagnosisSocketName, diagnosis}};
}

void HandoverKeeper::retry_later() {
  if (retry_timer_.running()) return;
  retry_timer_.start(retry_delay_);
  retry_delay_ = std::min(2 * retry_delay_, kLastManagerRetry);
}

void HandoverKeeper::on_retry() {
  look(false);
  if (complete() || (blocked_ && may_offer())) on_progress_();
}

bool HandoverKeeper::stands_still() const {
  return behind_since_ns_ && is_too_long_ago(std::max(*behind_since_ns_, taken_ns_));
}

bool HandoverKeeper::may_offer() {
  blocked_ = behind_since_ns_ && !is_too_long_ago(*behind_since_ns_);
  return !blocked_;
}

// A manager that does not know of barriers is waited for once.
bool HandoverKeeper::has_dropped() const {
  return complete() && !barrier_due_ && (!barrier_.pending() || is_too_long_ago(barrier_since_ns_));
}

void HandoverKeeper::give_up() {
  given_up_ = true;
  written_ = false;
  sockets_bytes_.clear();
  look(false);
}

std::string HandoverKeeper::problem() const {
  if (!there() || given_up_) return {};
  if (!written_) return "no memory to write down what a restart is to take over";
  if (stands_still()) return "the service manager does not take what a restart is to take over";
  const std::size_t of_processes = 2 * parts_.workers.descriptors().size();
  if (store_.left_out() > of_processes) return tell_left_out(store_.left_out() - of_processes);
  return store_.left_out() == 0
             ? std::string()
             : fmt::format(
                   "not all workers would be known after a restart, and those drain: the service "
                   "manager holds {} (FileDescriptorStoreMax=)",
                   counted(store_.capacity(), "descriptor"));
}

std::uint64_t HandoverKeeper::left_out_of(std::uint64_t sockets) const {
  if (!there() || !written_) return 0;
  DescriptorStore::Wanted wanted = wanted_areas();
  // Numbers only grow. Beyond its capacity none needs a name.
  const std::uint64_t named = std::min<std::uint64_t>(sockets, store_.capacity());
  for (std::uint64_t i = 1; i <= named; ++i) {
    wanted.emplace_back(name_of_socket(SocketMember::latest_id() + i), -1);
  }
  return wanted.size() - store_.fitting(wanted) + (sockets - named);
}

std::string HandoverKeeper::tell_left_out(std::uint64_t sockets) const {
  return fmt::format(
      "{} would not survive a restart: the service manager holds {} (FileDescriptorStoreMax=) under names of "
      "{} KiB",
      counted(sockets, "listening socket"), counted(store_.capacity(), "descriptor"),
      DescriptorStore::kNamesBytes / 1024);
}

}  // namespace demo
